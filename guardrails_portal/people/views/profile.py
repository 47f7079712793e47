"""What everybody may do with their own user."""

from http import HTTPStatus

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.auditing import actor_of
from guardrails_portal.people.forms import PasswordForm
from guardrails_portal.people.selectors.users import sessions_of
from guardrails_portal.people.services.users import choose_password, end_sessions
from guardrails_portal.people.views.requests import user_of


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    context = {
        "has_password": user.has_usable_password(),
        "has_second_factor": is_mfa_enabled(user),
        "sessions": sessions_of(user),
        "session_key": request.session.session_key,
    }
    return render(request, "people/profile.html", context)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if not user.has_usable_password():
        messages.info(request, "You sign in by single sign-on and have no password here.")
        return redirect("people:profile")
    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        choose_password(actor_of(request), user, form.cleaned_data["new_password1"])
        # This session goes on; every other one was signed in by the old password.
        update_session_auth_hash(request, user)
        messages.success(request, "Your password is changed, and other sessions are signed out.")
        return redirect("people:profile")
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "people/password.html", {"form": form}, status=status)


@require_http_methods(["POST"])
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Everywhere else, where `here` is posted as `keep`; everywhere otherwise."""
    keep = request.session.session_key if request.POST.get("here") == "keep" else None
    ended = end_sessions(actor_of(request), user_of(request), but=keep)
    if keep is None:
        # The session of this request is among those that ended.
        request.session.flush()
        return redirect("login")
    sessions = "1 other session is" if ended == 1 else f"{ended} other sessions are"
    messages.success(request, f"{sessions} signed out.")
    return redirect("people:profile")
