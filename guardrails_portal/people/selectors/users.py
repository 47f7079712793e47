from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, QuerySet

from guardrails_portal.people.models import User


def users() -> QuerySet[User]:
    """Every user, the active ones first; with `has_second_factor` and `by_single_sign_on`."""
    second = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    social = SocialAccount.objects.filter(user=OuterRef("pk"))
    return User.objects.annotate(
        has_second_factor=Exists(second), by_single_sign_on=Exists(social)
    ).order_by("-is_active", "username")


def sessions_of(user: User) -> list[UserSession]:
    """Where the user is signed in now, the latest first."""
    found: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda one: one.created_at, reverse=True)
