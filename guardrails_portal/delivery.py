"""What the environment says of sending reports."""

import json
import re
from dataclasses import dataclass
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from guardrails_portal.variables import Variables

EMAIL_SCHEMES = ("smtp", "smtp+tls", "smtps", "smtp+ssl")
_SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True)
class Delivery:
    """How reports leave the portal. Empty means: not given."""

    # Where people reach the portal, without a slash at the end: https://portal.example.com
    portal_url: str
    email_from: str
    # Django's settings EMAIL_BACKEND, EMAIL_HOST and so on, by name.
    email: dict[str, Any]
    # Settings of the django-anymail provider.
    anymail: dict[str, Any]
    allowed_networks: list[IPv4Network | IPv6Network]
    report_days: int


def read_delivery(given: Variables) -> Delivery:
    """Raises ImproperlyConfigured, one sentence, on a bad value."""
    provider = given.text("EMAIL_PROVIDER")
    email = given.url("EMAIL_URL", EMAIL_SCHEMES)
    if provider and email:
        raise ImproperlyConfigured("EMAIL_URL and EMAIL_PROVIDER are both set: keep one of them.")
    return Delivery(
        portal_url=_portal_url(given),
        email_from=_email_from(given),
        email=_provider(provider) if provider else _smtp(email),
        anymail=_provider_settings(given),
        allowed_networks=_networks(given),
        report_days=given.days("REPORT_DAYS"),
    )


def _portal_url(given: Variables) -> str:
    url = given.text("PORTAL_URL").rstrip("/")
    if url and not re.fullmatch(r"https?://[^/\s?#]+", url):
        raise ImproperlyConfigured(
            f"PORTAL_URL is `{url}`: write how people reach the portal, such as "
            "https://portal.example.com."
        )
    return url


def _email_from(given: Variables) -> str:
    sender = given.text("EMAIL_FROM") or "Guardrails Portal <guardrails-portal@localhost>"
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(sender)[1]):
        raise ImproperlyConfigured(
            f"EMAIL_FROM is `{sender}`: write an e-mail address, such as "
            "Guardrails Portal <portal@example.com>."
        )
    return sender


def _smtp(url: str) -> dict[str, Any]:
    # Without a host nothing is sent, and each delivery says what is missing.
    found: dict[str, Any] = {"EMAIL_BACKEND": _SMTP, "EMAIL_HOST": ""}
    if url:
        known = Env.email_url_config(url.replace("smtps://", "smtp+ssl://", 1))
        found |= {name: value for name, value in known.items() if name != "OPTIONS"}
        found |= known.get("OPTIONS", {})
        found["EMAIL_BACKEND"] = _SMTP
    return found


def _provider(name: str) -> dict[str, Any]:
    backend = f"anymail.backends.{name}"
    if not re.fullmatch(r"[a-z_0-9]+", name) or name == "base" or find_spec(backend) is None:
        raise ImproperlyConfigured(
            f"EMAIL_PROVIDER is `{name}`: write the name of a django-anymail backend, such as "
            "amazon_ses, mailgun or postmark."
        )
    return {"EMAIL_BACKEND": f"{backend}.EmailBackend"}


def _provider_settings(given: Variables) -> dict[str, Any]:
    text = given.secret("EMAIL_PROVIDER_SETTINGS") or "{}"
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise ImproperlyConfigured(
            "EMAIL_PROVIDER_SETTINGS is no JSON object: write the settings that django-anymail "
            'names for the provider, such as {"POSTMARK_SERVER_TOKEN": "…"}.'
        )
    return found


def _networks(given: Variables) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(word) for word in given.words("DELIVERY_ALLOWED_NETWORKS")]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"DELIVERY_ALLOWED_NETWORKS: {error}; write networks such as 10.20.0.0/16, separated "
            "by commas."
        ) from None
