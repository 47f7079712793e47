"""API tokens: made, found by their secret, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.auditing import Actor, Kind, record
from guardrails_portal.people.models import ApiToken, User

# Scanners for leaked secrets know a token by it.
_MARK: Final = "gp_"
_SHOWN: Final = len(_MARK) + 6
_PRECISION: Final = timedelta(minutes=1)


@transaction.atomic
def create_token(
    actor: Actor, user: User, name: str, scope: str, expires_at: datetime
) -> tuple[ApiToken, str]:
    """The token and its secret, which cannot be had a second time."""
    secret = f"{_MARK}{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:_SHOWN],
        digest=_digest(secret),
        scope=scope,
        expires_at=expires_at,
    )
    after = {"user": user.username, "scope": scope, "expires_at": expires_at}
    record(actor, Kind.TOKEN, "created", token, after=after)
    return token, secret


@transaction.atomic
def revoke_token(actor: Actor, token: ApiToken) -> None:
    """From now on nobody gets in by it. Revoking it again does nothing."""
    revoked = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    if revoked:
        record(actor, Kind.TOKEN, "revoked", token, before={"user": token.user.username})


def token_of_secret(secret: str) -> ApiToken | None:
    """The token with this secret, its user read along; notes that it was used.

    None for one that is revoked or expired, or whose owner may not sign in any more.
    """
    now = timezone.now()
    valid = ApiToken.objects.filter(revoked_at=None, expires_at__gt=now, user__is_active=True)
    token = valid.select_related("user").filter(digest=_digest(secret)).first()
    if token and (token.last_used_at is None or token.last_used_at < now - _PRECISION):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
