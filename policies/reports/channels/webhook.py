"""Reports as a signed POST of JSON, as "Standard Webhooks" 1.0 has it.

A receiver checks `webhook-signature` (HMAC-SHA256 over id, timestamp and body), refuses an old
`webhook-timestamp`, and remembers `webhook-id`, which is the same for every attempt: so nobody
can forge, replay or double a report. Source: https://www.standardwebhooks.com.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError

from policies.reports.channels.outcome import NotSent
from policies.reports.content import Gap, Move, PostureReport
from policies.reports.outgoing import TargetRefused, check_host, internet_only
from policies.reports.outline import EMAIL, outline

_PREFIX: Final = "whsec_"
_TIMEOUT: Final = urllib3.Timeout(connect=5, read=15)
# Too early, too many, too slow: worth another attempt like any 5xx.
_PASSING: Final = (408, 425, 429)


# Of a report of 50,000 accounts the body tells so much.
_MOST: Final = 100
_NAMED: Final = 20


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_webhook(url: str) -> None:
    """Raises ValueError or `TargetRefused`, one sentence, for what can't be a target."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"`{url}` is no web address: write one such as https://example.com/hook.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("A webhook's address holds no name and password: the signature proves it.")
    if parts.scheme == "http" and not settings.DELIVERY_ALLOWED_NETWORKS:
        raise ValueError(f"`{url}` would be read on the way: write an https:// address.")
    check_host(parts.hostname)


@dataclass(frozen=True, slots=True)
class PreparedWebhook:
    url: str
    headers: dict[str, str]
    body: bytes

    def send(self) -> None:
        """What a broken line leaves open may be sent again: the receiver knows the id."""
        try:
            with internet_only(), urllib3.PoolManager(timeout=_TIMEOUT) as pool:
                answer = pool.request(
                    "POST",
                    self.url,
                    body=self.body,
                    headers=self.headers,
                    # What redirects would lead past the check of who may add it.
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                status = answer.status
                answer.close()
        except (HTTPError, OSError) as error:
            refused = _refusal(error)
            raise NotSent(refused or f"No answer: {_said(error)}", again=not refused) from None
        if 300 <= status < 400:
            raise NotSent(f"It answered {status}, a redirect, which is not followed.", again=False)
        if not 200 <= status < 300:
            again = status >= 500 or status in _PASSING
            raise NotSent(f"It answered {status}.", again=again)


def prepare_webhook(
    report: PostureReport, url: str, delivery_id: object, secret: str
) -> PreparedWebhook:
    """The body is the report without its accounts and its snapshot; `address` leads to them."""
    id = f"msg_{delivery_id}"
    body = msgspec.json.encode({"type": "report.made", "id": id, "data": summary(report)})
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "guardrails-portal",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature(secret, id, timestamp, body)}",
    }
    return PreparedWebhook(url, headers, body)


def signature(secret: str, id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()


def summary(report: PostureReport) -> dict[str, Any]:
    """What a program needs to decide whether to look further."""
    told = outline(report, EMAIL)
    return {
        "title": report.title,
        "organization_id": report.organization_id,
        "unit_id": report.unit_id,
        "unit": report.unit,
        "starts_at": report.starts_at,
        "taken_at": report.taken_at,
        "made_at": report.made_at,
        "address": report.address,
        "headline": told.headline,
        "changes": told.changes,
        "counted": report.counted,
        "complete": report.complete,
        "measures": report.measures,
        "moves": [_short(move) for move in report.moves[:_MOST]],
        "gaps": [_short(gap) for gap in report.gaps[:_MOST]],
        "judged": report.judged,
    }


def _short(told: Move | Gap) -> dict[str, Any]:
    """With the first few accounts, and how many there are."""
    found: dict[str, Any] = msgspec.to_builtins(told)
    count = len(found["accounts"])
    return found | {"accounts": found["accounts"][:_NAMED], "accounts_count": count}


def _refusal(error: BaseException | None) -> str:
    """The sentence of a `TargetRefused` below the error, or empty."""
    while error is not None:
        if isinstance(error, TargetRefused):
            return str(error)
        error = error.__cause__ or error.__context__
    return ""


def _said(error: Exception) -> str:
    # Errors of urllib3 name the connection object first: "<…>: Failed to …".
    return str(error).rpartition(">: ")[2].partition("\n")[0][:300] or type(error).__name__
