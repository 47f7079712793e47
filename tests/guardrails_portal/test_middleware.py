"""Headers that each page carries."""

import json

import pytest
from django.test import Client

from accounts.services import start_crawl
from guardrails_portal.people.roles import Role
from policies.services.recording import record
from tests.factories import organization
from tests.users import signed_in


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


@pytest.mark.django_db
def test_no_name_turns_the_text_around_it_and_files_and_api_have_it_as_it_is() -> None:
    # U+2069 would end any isolation, and then U+202E turns what follows.
    names = ["\N{POP DIRECTIONAL ISOLATE}\N{RIGHT-TO-LEFT OVERRIDE}evil", "\N{HEBREW LETTER ALEF}"]
    record(start_crawl(), organization({"payments": "/".join(names)}))
    browser = signed_in(Role.OPERATOR)
    account = "/organization/accounts/100000000001/"
    for address in ("/organization/accounts/", account, "/organization/units/"):
        shown = browser.get(address).content.decode()
        assert "\ufffd\ufffdevil" in shown, address
        assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)
    # Two names from the right, one beside the other, would change places.
    assert (
        "evil /\N{LEFT-TO-RIGHT MARK} \N{HEBREW LETTER ALEF}"
        in browser.get(account).content.decode()
    )
    written = browser.get("/organization/accounts.json").getvalue().decode()
    assert " / ".join(names) in json.dumps(json.loads(written), ensure_ascii=False)
