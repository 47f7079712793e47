"""Who may do what.

The one question is Django's own, `user.has_perm("accounts.add_crawl")`, in views, templates
(`perms.accounts.add_crawl`) and the API alike; the answer stands here and in no table, so that
it cannot drift between deployments. What is named nowhere below, an administrator alone may do.
"""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices


class Role(TextChoices):
    """What a user may do. Each may do all that the one before it may."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ADMIN = "admin", "Administrator"


class Scope(TextChoices):
    """What an API token may do, at most: its owner's role limits it as well."""

    READ = "read", "Read"
    CRAWL = "crawl", "Read and start crawls"
    ADMIN = "admin", "Everything that its owner may do"


# Everybody may see what is in these apps, …
_SEEN_BY_ALL: Final = frozenset({"accounts", "policies"})
# … but these, which tell of people and of the ways in, not of posture.
_ADMINISTRATORS_SEE: Final = frozenset({"accounts.view_auditentry", "accounts.view_connection"})

_CRAWL: Final = frozenset({"accounts.add_crawl"})
_OPERATE: Final = _CRAWL | {
    "policies.add_report",
    "policies.change_report",
    "policies.delete_report",
    "policies.send_report",
}


# What each may besides reading. Administrators may do everything; what is not known, nothing.
_OF_ROLES: Final[Mapping[str, frozenset[str]]] = {
    Role.VIEWER: frozenset(),
    Role.OPERATOR: _OPERATE,
}
_OF_SCOPES: Final[Mapping[str, frozenset[str]]] = {Scope.READ: frozenset(), Scope.CRAWL: _CRAWL}


def role_permits(role: str, permission: str) -> bool:
    """`permission` is Django's name of it: `<app>.<view, add, change, delete, …>_<model>`."""
    return role == Role.ADMIN or _permits(_OF_ROLES.get(role), permission)


def scope_permits(scope: str, permission: str) -> bool:
    return scope == Scope.ADMIN or _permits(_OF_SCOPES.get(scope), permission)


def _permits(more: frozenset[str] | None, permission: str) -> bool:
    return more is not None and (_is_reading(permission) or permission in more)


def _is_reading(permission: str) -> bool:
    app, _, codename = permission.partition(".")
    return (
        app in _SEEN_BY_ALL
        and codename.startswith("view_")
        and permission not in _ADMINISTRATORS_SEE
    )
