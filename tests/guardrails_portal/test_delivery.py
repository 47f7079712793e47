"""What the environment may say of sending reports, and the sentence for what it may not."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from guardrails_portal.delivery import read_delivery
from guardrails_portal.variables import Variables


def test_without_a_word_nothing_can_be_sent_and_reports_are_kept_for_400_days() -> None:
    found = read_delivery(Variables({}))
    assert found.email == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "",
    }
    assert (found.portal_url, found.allowed_networks, found.report_days) == ("", [], 400)


@pytest.mark.parametrize(
    ("url", "tls", "ssl"),
    [
        ("smtp://me:p%40ss@mail.example.com:2525", False, False),
        ("smtp+tls://me:p%40ss@mail.example.com:2525", True, False),
        ("smtps://me:p%40ss@mail.example.com:2525", False, True),
        ("smtp+ssl://me:p%40ss@mail.example.com:2525", False, True),
    ],
)
def test_a_mail_server_is_named_by_an_address(url: str, tls: bool, ssl: bool) -> None:
    email = read_delivery(Variables({"EMAIL_URL": url})).email
    assert (email["EMAIL_HOST"], email["EMAIL_PORT"]) == ("mail.example.com", 2525)
    assert (email["EMAIL_HOST_USER"], email["EMAIL_HOST_PASSWORD"]) == ("me", "p@ss")
    assert (email.get("EMAIL_USE_TLS", False), email.get("EMAIL_USE_SSL", False)) == (tls, ssl)


def test_a_provider_takes_the_place_of_a_mail_server() -> None:
    found = read_delivery(
        Variables(
            {
                "EMAIL_PROVIDER": "postmark",
                "EMAIL_PROVIDER_SETTINGS": '{"POSTMARK_SERVER_TOKEN": "secret"}',
                "DELIVERY_ALLOWED_NETWORKS": "10.20.0.0/16, fd00::/8",
                "PORTAL_URL": "https://portal.example.com/",
            }
        )
    )
    assert found.email == {"EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend"}
    assert found.anymail == {"POSTMARK_SERVER_TOKEN": "secret"}
    assert found.allowed_networks == [ip_network("10.20.0.0/16"), ip_network("fd00::/8")]
    assert found.portal_url == "https://portal.example.com"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("EMAIL_URL", "imap://mail.example.com", "EMAIL_URL is no URL that the portal knows"),
        ("EMAIL_PROVIDER", "pigeon", "EMAIL_PROVIDER is `pigeon`"),
        ("EMAIL_PROVIDER", "../settings", "EMAIL_PROVIDER is `../settings`"),
        ("EMAIL_PROVIDER_SETTINGS", "[1]", "EMAIL_PROVIDER_SETTINGS is no JSON object"),
        ("EMAIL_PROVIDER_SETTINGS", "{", "EMAIL_PROVIDER_SETTINGS is no JSON object"),
        ("EMAIL_FROM", "nobody", "EMAIL_FROM is `nobody`"),
        ("PORTAL_URL", "portal.example.com", "PORTAL_URL is `portal.example.com`"),
        ("DELIVERY_ALLOWED_NETWORKS", "10.0.0.1/8", "DELIVERY_ALLOWED_NETWORKS: 10.0.0.1/8 has"),
        ("REPORT_DAYS", "0", "REPORT_DAYS is `0`"),
    ],
)
def test_a_bad_value_is_named_in_a_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        read_delivery(Variables({name: value}))
    assert str(caught.value).startswith(sentence)


def test_a_mail_server_and_a_provider_at_once_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="are both set"):
        read_delivery(Variables({"EMAIL_URL": "smtp://mail", "EMAIL_PROVIDER": "postmark"}))
