from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from guardrails_portal.people.roles import Role, role_permits


class Limit(Protocol):
    """What may keep a user from doing what the role permits: an API token."""

    def permits(self, permission: str) -> bool: ...


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Without a password the user signs in by single sign-on alone."""
        user = self.model(username=self.model.normalize_username(username).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """What `manage.py createsuperuser` calls: an administrator."""
        return self.create_user(username, password, **fields, role=Role.ADMIN)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in. (AWS accounts are accounts.) Never deleted, only deactivated."""

    username = models.CharField(
        "user name",
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "There is a user of this name already."},
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField("e-mail address", blank=True)
    role = models.CharField(max_length=8, choices=Role, default=Role.VIEWER)
    is_active = models.BooleanField(default=True)
    # Of a one-time password: good until then, and only to choose one's own.
    password_expires_at = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    # Set by the API for the length of one request: the token that speaks for the user.
    token: Limit | None = None

    USERNAME_FIELD = "username"

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        ordering = ["username"]
        constraints = [
            # Log-in takes a name in any case, so that no two may differ by it alone.
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")), name="user_names_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def must_choose_password(self) -> bool:
        return self.password_expires_at is not None

    def has_perm(self, permission: str, _obj: object = None) -> bool:
        """Whether the role, and the token if one speaks for the user, permits it."""
        return (
            self.is_active
            and role_permits(self.role, permission)
            and (self.token is None or self.token.permits(permission))
        )

    def has_perms(self, permissions: Iterable[str], _obj: object = None) -> bool:
        return all(self.has_perm(permission) for permission in permissions)
