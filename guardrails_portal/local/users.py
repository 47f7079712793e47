"""The users that `./portal` makes."""

import secrets

DEMO, ADMIN = "demo", "admin"


def renew_demo_user() -> str:
    """Make or renew the administrator `demo`; return the new password."""
    from guardrails_portal.people.models import User
    from guardrails_portal.people.roles import Role

    password = secrets.token_urlsafe(9)
    user, _ = User.objects.get_or_create(username=DEMO)
    user.role = Role.ADMIN
    user.is_active = True
    user.set_password(password)
    user.save()
    return password


def make_admin_user() -> str | None:
    """Make the administrator `admin`; return the password, or None where there is one already."""
    from guardrails_portal.people.models import User

    if User.objects.filter(username=ADMIN).exists():
        return None
    password = secrets.token_urlsafe(15)
    User.objects.create_superuser(username=ADMIN, password=password)
    return password
