"""API tokens: everybody's own, and for administrators everybody's."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.auditing import actor_of
from guardrails_portal.people.forms import TokenForm
from guardrails_portal.people.models import ApiToken, User
from guardrails_portal.people.services.tokens import create_token, revoke_token
from guardrails_portal.people.views.requests import user_of

SEE_ALL = "people.view_apitoken"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The answer to the POST holds the secret: it is in no address and in no session."""
    user = user_of(request)
    form = TokenForm(user, request.POST if request.method == "POST" else None)
    secret, status = "", HTTPStatus.OK
    if form.is_valid():
        given = form.cleaned_data
        _, secret = create_token(
            actor_of(request), user, given["name"], given["scope"], form.expires_at()
        )
        form, status = TokenForm(user), HTTPStatus.CREATED
    elif form.is_bound:
        status = HTTPStatus.BAD_REQUEST
    context = {"form": form, "secret": secret, "tokens": _visible_to(user)}
    return render(request, "people/tokens.html", context, status=status)


@require_POST
def revoke(request: HttpRequest, key: int) -> HttpResponse:
    token = next((one for one in _visible_to(user_of(request)) if one.pk == key), None)
    if token is None:
        raise Http404(f"No token {key}.")
    revoke_token(actor_of(request), token)
    messages.success(request, f"The token {token} is revoked: nothing gets in by it any more.")
    return redirect("people:tokens")


def _visible_to(user: User) -> list[ApiToken]:
    """One's own, and all of them for whoever answers for them."""
    found = ApiToken.objects.select_related("user")
    return list(found if user.has_perm(SEE_ALL) else found.filter(user=user))
