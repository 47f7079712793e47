"""Who changed what: the audit log. It stands in the lowest app, so that every app writes to it.

The edges say who acts (`actor_of(request)`), services record what they did, in the transaction
in which they do it: there is no change without its entry and no entry without its change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from accounts.models import AuditEntry

Kind = AuditEntry.Kind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user, and the API token through which, from a network address."""

    name: str = ""
    token: str = ""
    address: str | None = None


# The clock, and whoever has a shell on the server.
PORTAL: Final = Actor()


def actor_of(request: HttpRequest) -> Actor:
    """The user of a page's or (by duck typing) of an API's request."""
    user = request.user
    token = getattr(user, "token", None)
    return Actor(
        name=user.get_username(),
        token="" if token is None else str(token),
        # Empty where gunicorn listens on a socket of the file system.
        address=request.META.get("REMOTE_ADDR") or None,
    )


def record(
    actor: Actor,
    kind: AuditEntry.Kind,
    action: str,
    subject: object = "",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry. Of `before` and `after` it keeps the fields that differ. Give no secrets."""
    if before is not None and after is not None:
        differing = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        before = {name: value for name, value in before.items() if name in differing}
        after = {name: value for name, value in after.items() if name in differing}
    AuditEntry.objects.create(
        actor=actor.name[:150],
        token=actor.token[:120],
        address=actor.address,
        kind=kind,
        action=action,
        # What somebody typed at the log-in may hold what PostgreSQL stores in no text.
        subject=str(subject).replace("\0", "")[:300],
        before=before,
        after=after,
    )
