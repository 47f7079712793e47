"""Headers that each page carries."""

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/login/", "/health/live", "/no/such/page"])
@pytest.mark.django_db
def test_no_page_lets_the_browser_load_or_run_what_is_not_ours(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]

    directives = dict(one.split(" ", 1) for one in policy.split("; "))
    assert directives.pop("default-src") == "'none'"
    assert directives.pop("base-uri") == "'none'"
    assert directives.pop("frame-ancestors") == "'none'"
    assert set(directives.values()) == {"'self'"}


@pytest.mark.django_db
def test_a_page_asks_for_no_feature_and_tells_others_nothing(client: Client) -> None:
    headers = client.get("/login/").headers

    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_everything_else_needs_a_log_in(client: Client) -> None:
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login/?next=/"


@pytest.mark.django_db
def test_a_path_with_a_control_character_leads_nowhere_and_stays_on_one_line_of_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/login/with/%00/").status_code == 404
    assert client.get("/static/%00").status_code in {302, 404}
    assert client.get("/health/live%0A2026-11-25 INFO all is well").status_code == 404
    assert all(
        "\n" not in one.getMessage() and "\0" not in one.getMessage() for one in caplog.records
    )
