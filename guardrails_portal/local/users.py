"""The users that `./portal` makes."""

from __future__ import annotations

import secrets

DEMO, ADMIN = "demo", "admin"


def renew_demo_user() -> str:
    """Make or renew the user `demo`; return the new password."""
    from django.contrib.auth.models import User

    password = secrets.token_urlsafe(9)
    user, _ = User.objects.get_or_create(username=DEMO)
    user.set_password(password)
    user.save()
    return password


def make_admin_user() -> str | None:
    """Make the user `admin` where there is none; return its password, None if there is one."""
    from django.contrib.auth.models import User

    if User.objects.filter(username=ADMIN).exists():
        return None
    password = secrets.token_urlsafe(15)
    User.objects.create_superuser(username=ADMIN, password=password)
    return password
