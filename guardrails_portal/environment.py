"""What the environment says, read once and checked (12-factor).

`read_environment` refuses what is wrong and lets pass what is missing, since judging a snapshot
file needs no settings at all; whatever serves people calls `Environment.require` first.
"""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from guardrails_portal.delivery import Delivery, read_delivery
from guardrails_portal.variables import Variables

MANIFEST_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
MANIFEST = Path(__file__).resolve().parent.parent / "staticfiles" / "staticfiles.json"

BROKER_SCHEMES = ("redis", "rediss", "redis+socket")
CACHE_SCHEMES = ("redis", "rediss", "unix")
DATABASE_SCHEMES = ("postgres", "postgresql")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("line", "json")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", ".localhost"})

# What each program cannot do without, by the names in the environment.
FOR_COMMANDS = ("SECRET_KEY", "DATABASE_URL")
FOR_TASKS = (*FOR_COMMANDS, "CELERY_BROKER_URL", "CACHE_URL")
FOR_WEB = (*FOR_TASKS, "ALLOWED_HOSTS")


@dataclass(frozen=True)
class OpenIdConnect:
    """The provider of single sign-on; without an issuer there is none."""

    issuer: str
    client_id: str
    client_secret: str
    # What its button on the log-in page says.
    name: str
    scopes: list[str]
    groups_claim: str
    # By role: viewer, operator, admin.
    groups: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Environment:
    """The settings that differ between deployments. Empty means: not given."""

    secret_key: str
    secret_key_fallbacks: list[str]
    debug: bool
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    # As Django's DATABASES["default"]; {} is Django's own word for "no database".
    database: dict[str, Any]
    cache_url: str
    broker_url: str
    https: bool
    oidc: OpenIdConnect
    crawl_interval: timedelta
    crawl_rate_share: float
    crawl_role_arn: str
    crawl_external_id: str
    history_days: int
    log_level: str
    # A formatter of LOGGING: line for people, json for machines.
    log_format: str
    sentry_dsn: str
    static_storage: str
    delivery: Delivery

    def require(self, names: tuple[str, ...]) -> None:
        """Raise ImproperlyConfigured, one sentence, unless all of `names` were given."""
        given = {
            "SECRET_KEY": self.secret_key,
            "DATABASE_URL": self.database,
            "CELERY_BROKER_URL": self.broker_url,
            "CACHE_URL": self.cache_url,
            "ALLOWED_HOSTS": self.allowed_hosts,
        }
        missing = [name for name in names if not given[name]]
        if missing:
            is_are = "is" if len(missing) == 1 else "are"
            raise ImproperlyConfigured(
                f"{', '.join(missing)} {is_are} not set in the environment: .env.example says "
                "what each is for, and `./portal demo` needs none of them."
            )


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Read and check the environment; raise ImproperlyConfigured, one sentence, on a bad value.

    Secrets may come as files: SECRET_KEY_FILE, DATABASE_URL_FILE and so on, as Docker hands
    secrets over.
    """
    given = Variables(os.environ if variables is None else variables)
    debug = given.truth("DEBUG", default=False)
    https = given.truth("PORTAL_HTTPS", default=True)
    allowed_hosts = given.words("ALLOWED_HOSTS")
    if debug and (https or not LOCAL_HOSTS.issuperset(allowed_hosts)):
        raise ImproperlyConfigured(
            "DEBUG shows settings and source to whoever meets an error: turn it off, or, on a "
            "machine of your own, set PORTAL_HTTPS=false and ALLOWED_HOSTS=localhost,127.0.0.1."
        )
    return Environment(
        secret_key=_secret_key(given),
        secret_key_fallbacks=given.secret("SECRET_KEY_FALLBACKS").replace(",", " ").split(),
        debug=debug,
        allowed_hosts=allowed_hosts,
        csrf_trusted_origins=_origins(given),
        database=_database(given),
        cache_url=given.url("CACHE_URL", CACHE_SCHEMES),
        broker_url=given.url("CELERY_BROKER_URL", BROKER_SCHEMES),
        https=https,
        oidc=_oidc(given, https=https),
        crawl_interval=_crawl_interval(given),
        crawl_rate_share=_crawl_rate_share(given),
        crawl_role_arn=_crawl_role_arn(given),
        crawl_external_id=given.secret("CRAWL_EXTERNAL_ID"),
        history_days=given.days("HISTORY_DAYS"),
        log_level=_log_level(given),
        log_format=_log_format(given, https=https),
        sentry_dsn=given.url("SENTRY_DSN", ("https", "http")),
        static_storage=_static_storage(debug=debug),
        delivery=read_delivery(given),
    )


def _secret_key(given: Variables) -> str:
    key = given.secret("SECRET_KEY")
    # The same measure as Django's deployment check security.W009.
    if key and (len(key) < 50 or len(set(key)) < 5 or key.startswith("django-insecure-")):
        raise ImproperlyConfigured(
            "SECRET_KEY is too weak: take 50 random characters or more, for instance from "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(50))'`."
        )
    return key


def _origins(given: Variables) -> list[str]:
    origins = given.words("CSRF_TRUSTED_ORIGINS")
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ImproperlyConfigured(
                f"CSRF_TRUSTED_ORIGINS holds `{origin}`: each starts with http:// or https:// "
                "and ends after the host."
            )
    return origins


def _database(given: Variables) -> dict[str, Any]:
    url = given.url("DATABASE_URL", DATABASE_SCHEMES)
    if not url:
        return {}
    database: dict[str, Any] = Env.db_url_config(url)
    # libpq's way to name the folder of a Unix socket: postgres://user@/name?host=/folder
    options = database.setdefault("OPTIONS", {})
    database["HOST"] = options.pop("host", database["HOST"])
    if not database["NAME"]:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database: it ends with /name, as .env.example shows."
        )
    return database | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def _oidc(given: Variables, *, https: bool) -> OpenIdConnect:
    oidc = OpenIdConnect(
        issuer=given.text("OIDC_ISSUER").rstrip("/"),
        client_id=given.text("OIDC_CLIENT_ID"),
        client_secret=given.secret("OIDC_CLIENT_SECRET"),
        name=given.text("OIDC_NAME") or "single sign-on",
        scopes=given.words("OIDC_SCOPES") or ["openid", "profile", "email"],
        groups_claim=given.text("OIDC_GROUPS_CLAIM") or "groups",
        groups={
            "admin": frozenset(given.words("OIDC_ADMIN_GROUPS")),
            "operator": frozenset(given.words("OIDC_OPERATOR_GROUPS")),
            "viewer": frozenset(given.words("OIDC_VIEWER_GROUPS")),
        },
    )
    if not oidc.issuer:
        return oidc
    schemes = ("https",) if https else ("https", "http")
    if urlsplit(oidc.issuer).scheme not in schemes or not urlsplit(oidc.issuer).hostname:
        raise ImproperlyConfigured(
            f"OIDC_ISSUER is `{oidc.issuer}`: write the provider's address, such as "
            "https://login.example.com/realms/security."
        )
    if not (oidc.client_id and oidc.client_secret):
        raise ImproperlyConfigured(
            "OIDC_ISSUER is set without OIDC_CLIENT_ID and OIDC_CLIENT_SECRET: the provider hands "
            "out both where the portal is registered."
        )
    if not any(oidc.groups.values()):
        raise ImproperlyConfigured(
            "OIDC_ISSUER is set, but nobody would be let in: name groups in OIDC_VIEWER_GROUPS, "
            "OIDC_OPERATOR_GROUPS or OIDC_ADMIN_GROUPS, or * for whoever the provider lets in."
        )
    return oidc


def _crawl_interval(given: Variables) -> timedelta:
    text = given.text("CRAWL_INTERVAL_MINUTES") or "60"
    if not text.isdecimal() or not 5 <= int(text) <= 7 * 24 * 60:
        raise ImproperlyConfigured(
            f"CRAWL_INTERVAL_MINUTES is `{text}`: write whole minutes from 5 to 10080 (a week)."
        )
    return timedelta(minutes=int(text))


def _crawl_rate_share(given: Variables) -> float:
    text = given.text("CRAWL_RATE_SHARE") or "1.0"
    if not re.fullmatch(r"\d+(\.\d+)?", text) or float(text) == 0:
        raise ImproperlyConfigured(
            f"CRAWL_RATE_SHARE is `{text}`: write the share of AWS's rate quotas that a crawl "
            "may use, such as 0.5 for half."
        )
    return float(text)


def _crawl_role_arn(given: Variables) -> str:
    arn = given.text("CRAWL_ROLE_ARN")
    if arn and not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", arn):
        raise ImproperlyConfigured(
            f"CRAWL_ROLE_ARN is `{arn}`: write a role's ARN, such as "
            "arn:aws:iam::123456789012:role/guardrails-portal."
        )
    return arn


def _static_storage(*, debug: bool) -> str:
    # Only `collectstatic` can write the manifest that the other storage cannot do without.
    collecting = sys.argv[1:2] == ["collectstatic"]
    return MANIFEST_STORAGE if collecting or (MANIFEST.is_file() and not debug) else PLAIN_STORAGE


def _log_format(given: Variables, *, https: bool) -> str:
    # Where TLS is, production is, and machines read the log.
    text = given.text("LOG_FORMAT").lower() or ("json" if https else "line")
    if text not in LOG_FORMATS:
        raise ImproperlyConfigured(f"LOG_FORMAT is `{text}`: write {' or '.join(LOG_FORMATS)}.")
    return text


def _log_level(given: Variables) -> str:
    level = given.text("LOG_LEVEL").upper() or "INFO"
    if level not in LOG_LEVELS:
        raise ImproperlyConfigured(f"LOG_LEVEL is `{level}`: write one of {', '.join(LOG_LEVELS)}.")
    return level
