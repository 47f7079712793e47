"""Connections to organizations, for administrators. AWS is asked by the worker, never here."""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.auditing import actor_of
from accounts.aws.permissions import reading_policy, trust_policy
from accounts.connections import change_connection, create_connection, delete_connection
from accounts.models import Connection
from accounts.selectors import connection_row, connection_rows
from accounts.tasks import TRIAL_EXPIRES, ask_for_trial
from accounts.views.connection_form import ConnectionForm

_ADMINISTRATOR = permission_required("accounts.change_connection", raise_exception=True)
# A worker that is there answers within seconds.
_PATIENCE: Final = timedelta(seconds=20)
_KEPT: Final = "the external id of this connection"


@require_safe
@_ADMINISTRATOR
def connections(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/connections.html", {"rows": connection_rows()})


@never_cache
@sensitive_post_parameters("external_id")
@require_http_methods(["GET", "HEAD", "POST"])
@_ADMINISTRATOR
def new_connection(request: HttpRequest) -> HttpResponse:
    """The form and beside it, for the role in AWS, the policies with the external id to be."""
    form = ConnectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        stored = create_connection(actor_of(request), form.instance)
        ask_for_trial(actor_of(request), stored)
        messages.success(request, f"{stored} is there, and is being tested.")
        return redirect("accounts:connection", stored.pk)
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    context = {"form": form, **_for_aws(form.shown_external_id)}
    return render(request, "accounts/new_connection.html", context, status=status)


@never_cache
@sensitive_post_parameters("external_id")
@require_http_methods(["GET", "HEAD", "POST"])
@_ADMINISTRATOR
def connection(request: HttpRequest, key: int) -> HttpResponse:
    stored = get_object_or_404(Connection.objects.select_related("organization"), pk=key)
    # The form writes into its instance before anything is decided.
    form = ConnectionForm(
        request.POST if request.method == "POST" else None, instance=Connection.objects.get(pk=key)
    )
    if form.is_valid():
        changed = change_connection(actor_of(request), form.instance)
        if changed.tried_at is None and not changed.being_tried:
            ask_for_trial(actor_of(request), changed)
        messages.success(request, f"{changed} is changed.")
        return redirect("accounts:connection", key)
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    context = {"form": form, "row": connection_row(stored), **_trial(stored), **_for_aws(_KEPT)}
    return render(request, "accounts/connection.html", context, status=status)


@require_POST
@_ADMINISTRATOR
def test(request: HttpRequest, key: int) -> HttpResponse:
    """Ask the worker whether it works; the page shows the answer when it is there."""
    stored = get_object_or_404(Connection, pk=key)
    ask_for_trial(actor_of(request), stored)
    if request.headers.get("HX-Request"):
        return render(request, "accounts/_trial.html", _trial(stored))
    return redirect("accounts:connection", key)


@never_cache
@require_safe
@_ADMINISTRATOR
def trial(request: HttpRequest, key: int) -> HttpResponse:
    """The answer alone, which the page asks for until it is there."""
    stored = get_object_or_404(Connection, pk=key)
    return render(request, "accounts/_trial.html", _trial(stored))


@require_POST
@_ADMINISTRATOR
def delete(request: HttpRequest, key: int) -> HttpResponse:
    stored = get_object_or_404(Connection, pk=key)
    delete_connection(actor_of(request), stored)
    messages.success(request, f"{stored} is deleted; what it found is kept.")
    return redirect("accounts:connections")


def _trial(stored: Connection) -> dict[str, Any]:
    """`awaited` while an answer may still come, `late` when it should have come by now."""
    asked = stored.trial_asked_at
    waited = timezone.now() - asked if asked and stored.being_tried else timedelta(0)
    awaited = stored.being_tried and waited < timedelta(seconds=TRIAL_EXPIRES)
    return {"connection": stored, "awaited": awaited, "late": waited > _PATIENCE}


def _for_aws(external_id: str) -> dict[str, Any]:
    return {
        "reading_policy": json.dumps(reading_policy(), indent=2),
        "trust_policy": json.dumps(trust_policy(external_id), indent=2),
    }
