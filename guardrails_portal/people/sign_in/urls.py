"""Signing in. allauth looks its addresses up by these names; what is not here cannot be done:
signing up, and getting a password by e-mail.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import RedirectView

_PROFILE = RedirectView.as_view(pattern_name="people:profile")
_LOGIN = login_not_required(RedirectView.as_view(pattern_name="login"))

urlpatterns = [
    path("login/", account.login, name="login"),
    path("login/", account.login, name="account_login"),
    path("logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path("login/again/", account.reauthenticate, name="account_reauthenticate"),
    path("login/deactivated/", account.account_inactive, name="account_inactive"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("login/code/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("login/failed/", social.login_error, name="socialaccount_login_error"),
    path("login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/with/<str:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path(
        "login/with/<str:provider_id>/callback/",
        openid_connect.callback,
        name="openid_connect_callback",
    ),
    # A form in which people would name themselves; single sign-on names them.
    path("login/new/", _LOGIN, name="socialaccount_signup"),
    path("profile/second-factor/", _PROFILE, name="mfa_index"),
    path("profile/second-factor/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("profile/second-factor/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(
        "profile/second-factor/codes/",
        recovery_codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "profile/second-factor/codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
]
