from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from guardrails_portal.people.models import User


def user_of(request: HttpRequest) -> User:
    """The user of a page; LoginRequiredMiddleware lets nobody else come here."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
