"""Users, for administrators."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.auditing import actor_of
from guardrails_portal.people.forms import NewUserForm, UserForm
from guardrails_portal.people.models import User
from guardrails_portal.people.selectors.users import sessions_of
from guardrails_portal.people.selectors.users import users as select_users
from guardrails_portal.people.services import users as services

_SEE = permission_required("people.view_user", raise_exception=True)
_ADD = permission_required("people.add_user", raise_exception=True)
_CHANGE = permission_required("people.change_user", raise_exception=True)


@require_safe
@_SEE
def users(request: HttpRequest) -> HttpResponse:
    return render(request, "people/users.html", {"users": select_users()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_ADD
def new_user(request: HttpRequest) -> HttpResponse:
    """The answer to the POST shows the one-time password, this once."""
    form = NewUserForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user, password = services.create_user(actor_of(request), **form.cleaned_data)
        context = {"person": user, "password": password}
        return render(request, "people/one_time_password.html", context, status=201)
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "people/new_user.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_CHANGE
def user(request: HttpRequest, username: str) -> HttpResponse:
    person = get_object_or_404(select_users(), username=username)
    # The form writes into its instance before anything is decided.
    form = UserForm(
        request.POST if request.method == "POST" else None,
        instance=User.objects.get(pk=person.pk),
    )
    if form.is_valid():
        try:
            services.change_user(actor_of(request), person, **form.cleaned_data)
        except services.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{person} is changed.")
            return redirect("people:user", username)
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    context = {"person": person, "form": form, "sessions": sessions_of(person)}
    return render(request, "people/user.html", context, status=status)


@require_POST
@_CHANGE
def set_active(request: HttpRequest, username: str) -> HttpResponse:
    """`active` posted as `yes` lets the user in again; anything else shuts them out."""
    person = get_object_or_404(User, username=username)
    active = request.POST.get("active") == "yes"
    try:
        services.change_user(actor_of(request), person, is_active=active)
    except services.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = "may sign in again" if active else "is deactivated and signed out everywhere"
        messages.success(request, f"{person} {done}.")
    return redirect("people:user", username)


@never_cache
@require_POST
@_CHANGE
def renew_password(request: HttpRequest, username: str) -> HttpResponse:
    person = get_object_or_404(User, username=username)
    password = services.renew_password(actor_of(request), person)
    context = {"person": person, "password": password}
    return render(request, "people/one_time_password.html", context)


@require_POST
@_CHANGE
def remove_second_factor(request: HttpRequest, username: str) -> HttpResponse:
    person = get_object_or_404(User, username=username)
    services.remove_second_factor(actor_of(request), person)
    messages.success(request, f"{person} has no second factor any more.")
    return redirect("people:user", username)


@require_POST
@_CHANGE
def sign_out(request: HttpRequest, username: str) -> HttpResponse:
    person = get_object_or_404(User, username=username)
    services.end_sessions(actor_of(request), person)
    messages.success(request, f"{person} is signed out everywhere.")
    return redirect("people:user", username)
