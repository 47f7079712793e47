"""How often somebody may ask: counted for each token, and for each user without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle

if TYPE_CHECKING:
    # It imports the settings' classes, which stand here.
    from rest_framework.views import APIView


class TokenThrottle(ScopedRateThrottle):
    """At the rate of the view's `throttle_scope`; `Retry-After` says when it may go on."""

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        asker = f"token-{request.auth.pk}" if request.auth else f"user-{request.user.pk}"
        return self.cache_format % {"scope": self.scope, "ident": asker}
