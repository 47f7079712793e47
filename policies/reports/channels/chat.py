"""Reports as a message in a chat, through apprise.

Apprise knows some 150 services, among them the syslog and the desktop of this machine, files as
templates, and requests of any form to any host. What is chosen here are chats and those who
wake people up, with no parameter that reads files or lowers security.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from policies.reports.channels.outcome import NotSent, PerhapsSent
from policies.reports.content import PostureReport
from policies.reports.outgoing import check_host, internet_only
from policies.reports.outline import EMAIL, outline

if TYPE_CHECKING:
    from apprise import NotifyBase

_ENCRYPTED: Final = frozenset(
    {
        *("slack", "workflow", "workflows", "discord", "gchat", "webex", "wxteams", "zulip"),
        *("tgram", "twist", "flock", "ryver", "cliq", "lark", "feishu", "dingtalk", "zoom"),
        *("mmosts", "rockets", "matrixs", "nctalks", "synologys", "ntfys", "gotifys"),
        *("pagerduty", "opsgenie", "splunk", "victorops", "signl4", "ilert"),
    }
)
# The same over plain HTTP, for a server in a network of one's own.
_PLAIN: Final = frozenset({"mmost", "rocket", "matrix", "nctalk", "synology", "ntfy", "gotify"})
_PARAMETERS: Final = frozenset(
    {
        *("api-version", "sp", "sv", "sig", "signature", "id", "workflow", "ver", "pa", "route"),
        *("format", "footer", "image", "mode", "priority", "thread", "topic", "channel", "to"),
        *("key", "token", "version", "region", "wrap", "emojis", "overflow", "tags"),
    }
)
# What it says is told on the delivery, and nowhere else: there may be tokens in it.
_LOGGER: Final = logging.getLogger("apprise")
_LOGGER.setLevel(logging.DEBUG)
_LOGGER.propagate = False


def chat(address: str) -> NotifyBase:
    """The service of an apprise address (`slack://…`) or of a chat's own webhook address.

    Raises ValueError or `TargetRefused`, one sentence, for what can't be a target.
    """
    # It loads all its services at the first use, which takes seconds: not at each start.
    from apprise import Apprise, AppriseAsset

    parts = urlsplit(address)
    odd = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} - _PARAMETERS
    if odd:
        raise ValueError(f"`{min(odd)}` is not allowed in a chat's address: leave it out.")
    asset = AppriseAsset(
        app_id="Guardrails Portal",
        app_desc="Guardrails Portal",
        app_url="",
        http_redirects=False,
        secure_logging=True,
        storage_mode="memory",
    )
    with _overheard():
        found = Apprise.instantiate(address, asset=asset)
    scheme = urlsplit(_url(found)).scheme if found else ""
    if found is None or scheme not in _ENCRYPTED | _PLAIN:
        raise ValueError(
            f"`{parts.scheme}://…` is no chat that the portal knows, or a part of its address is "
            "missing: see the operations guide for those it knows."
        )
    if scheme in _PLAIN and not settings.DELIVERY_ALLOWED_NETWORKS:
        raise ValueError(f"`{scheme}://…` would be read on the way: write `{scheme}s://…`.")
    if "host" in found.template_tokens:
        check_host(str(found.host))
    return found


def shown(address: str) -> str:
    """The address with its secrets masked."""
    return _url(chat(address), privacy=True).partition("?")[0]


def _url(service: Any, *, privacy: bool = False) -> str:
    return str(service.url(privacy=privacy))


@dataclass(frozen=True, slots=True)
class PreparedChat:
    service: NotifyBase
    title: str
    body: str

    def send(self) -> None:
        from apprise import NotifyFormat

        with internet_only(), _overheard() as lines:
            sent = self.service.notify(
                title=self.title, body=self.body, body_format=NotifyFormat.TEXT
            )
        if sent:
            return
        said = " ".join(lines)
        if "Read timed out" in said or "Connection aborted" in said:
            raise PerhapsSent("The chat took the message and did not answer.")
        refused = "DELIVERY_ALLOWED_NETWORKS" in said
        sentence = said[:500] or "The chat did not take the message, and did not say why."
        raise NotSent(sentence, again=not refused)


def prepare_chat(report: PostureReport, address: str) -> PreparedChat:
    """A few lines: what a chat shows without being opened. Raises `NotSent`."""
    told = outline(report, EMAIL)
    lines = [
        told.headline,
        told.changes,
        *(
            f"{line.guardrail.short}: {line.covered}" + (f" ({line.change})" if line.change else "")
            for line in told.lines
        ),
        told.address,
    ]
    try:
        service = chat(address)
    except (ValueError, OSError) as error:
        raise NotSent(str(error), again=isinstance(error, OSError)) from None
    return PreparedChat(service, report.title, "\n".join(line for line in lines if line))


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What apprise logs in this thread: it gives no other reason for a failure."""
    listener = _Listener()
    _LOGGER.addHandler(listener)
    try:
        yield listener.lines
    finally:
        _LOGGER.removeHandler(listener)


class _Listener(logging.Handler):
    """Keeps warnings, and the line in which apprise tells of a broken connection."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        telling = record.levelno >= logging.WARNING or text.startswith("Socket Exception")
        if record.thread == self.thread and telling:
            self.lines.append(text)
