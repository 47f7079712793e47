"""What the environment may say, and the one sentence for what it may not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from guardrails_portal.environment import FOR_TASKS, FOR_WEB, read_environment

KEY = "0123456789" * 6


def test_an_empty_environment_is_read_since_judging_a_file_needs_none() -> None:
    environment = read_environment({})

    assert not environment.debug
    assert environment.https
    assert environment.database == {}
    assert environment.crawl_interval == timedelta(hours=1)


def test_a_server_names_everything_that_it_misses_at_once() -> None:
    environment = read_environment({"SECRET_KEY": KEY})

    with pytest.raises(ImproperlyConfigured) as caught:
        environment.require(FOR_WEB)

    assert str(caught.value).startswith(
        "DATABASE_URL, CELERY_BROKER_URL, CACHE_URL, ALLOWED_HOSTS are not set"
    )


def test_a_worker_answers_no_browser_and_needs_no_hosts() -> None:
    read_environment(
        {
            "SECRET_KEY": KEY,
            "DATABASE_URL": "postgres://portal:password@db/portal",
            "CELERY_BROKER_URL": "redis://valkey/0",
            "CACHE_URL": "redis://valkey/1",
        }
    ).require(FOR_TASKS)


def test_a_database_is_reached_by_the_folder_of_its_socket() -> None:
    database = read_environment(
        {"DATABASE_URL": "postgres://portal@/portal?host=/run/my%20postgres"}
    ).database

    assert (database["HOST"], database["NAME"], database["USER"]) == (
        "/run/my postgres",
        "portal",
        "portal",
    )
    assert "host" not in database["OPTIONS"]


def test_other_options_of_a_database_are_handed_on() -> None:
    database = read_environment(
        {"DATABASE_URL": "postgres://p:w@db:5433/x?sslmode=require"}
    ).database

    assert database["PORT"] == 5433
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")

    assert read_environment({"SECRET_KEY_FILE": str(path)}).secret_key == KEY


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none"

    with pytest.raises(ImproperlyConfigured) as caught:
        read_environment({"SECRET_KEY_FILE": str(path)})

    assert str(caught.value) == f"SECRET_KEY_FILE: cannot read {path}: No such file or directory."


def test_debug_is_for_a_machine_of_ones_own() -> None:
    own = {"DEBUG": "true", "PORTAL_HTTPS": "false", "ALLOWED_HOSTS": "localhost,127.0.0.1"}

    assert read_environment(own).debug


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": "django-insecure-" + KEY}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": KEY, "SECRET_KEY_FILE": "/x"}, "SECRET_KEY and SECRET_KEY_FILE are both"),
        ({"DEBUG": "true"}, "DEBUG shows settings and source"),
        (
            {"DEBUG": "on", "PORTAL_HTTPS": "no", "ALLOWED_HOSTS": "portal.example.com"},
            "DEBUG shows settings and source",
        ),
        ({"DEBUG": "perhaps"}, "DEBUG is `perhaps`: write true or false."),
        ({"PORTAL_HTTPS": "2"}, "PORTAL_HTTPS is `2`: write true or false."),
        ({"DATABASE_URL": "mysql://db/portal"}, "DATABASE_URL is no URL that the portal knows"),
        ({"DATABASE_URL": "postgres://db:port/portal"}, "DATABASE_URL is no URL"),
        ({"DATABASE_URL": "postgres://db"}, "DATABASE_URL names no database"),
        ({"CELERY_BROKER_URL": "amqp://rabbit"}, "CELERY_BROKER_URL is no URL"),
        ({"CACHE_URL": "memcached://x"}, "CACHE_URL is no URL"),
        ({"CSRF_TRUSTED_ORIGINS": "portal.example.com"}, "CSRF_TRUSTED_ORIGINS holds `portal"),
        ({"CRAWL_INTERVAL_MINUTES": "1"}, "CRAWL_INTERVAL_MINUTES is `1`"),
        ({"CRAWL_INTERVAL_MINUTES": "hourly"}, "CRAWL_INTERVAL_MINUTES is `hourly`"),
        ({"CRAWL_RATE_SHARE": "0"}, "CRAWL_RATE_SHARE is `0`"),
        ({"HISTORY_DAYS": "0"}, "HISTORY_DAYS is `0`: write whole days from 1 to 36500"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is `LOUD`: write one of DEBUG, INFO"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        read_environment(variables)

    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("name", ["DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"])
def test_no_sentence_shows_a_password(name: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        read_environment({name: "http://user:hunter2@host/x"})

    assert "hunter2" not in str(caught.value)
