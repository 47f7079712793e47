"""From the values of variables to a request that can be replayed."""

from __future__ import annotations

from typing import Final

from policies.analysis import literals
from policies.analysis.answers import Doubt, Point, Unsent
from policies.analysis.keys import Presence
from policies.analysis.scene import PRINCIPAL, RESOURCE, Scene
from policies.analysis.search import Model
from policies.analysis.sending import sent
from policies.analysis.solving import Value, solve
from policies.analysis.spaces import REGIONS, Kind
from policies.analysis.spelling import spelled
from policies.analysis.verdict import Request
from policies.analysis.walks import Steps

_MOMENT: Final = "aws:currenttime"
_EPOCH: Final = "aws:epochtime"


def witness(action: str, scene: Scene, model: Model, mentioned: frozenset[str]) -> Request:
    """The request that the model is of, with what each request of the account carries."""
    principal = model[PRINCIPAL][0]
    resource = principal if scene.on_oneself else model[RESOURCE][0]
    chosen = {key: values for key, values in model.items() if key != RESOURCE}
    context = {**chosen, **_given(scene, resource, principal)}
    if not scene.regional and "aws:requestedregion" in model:
        context["aws:requestedregion"] = model["aws:requestedregion"]
    filled = mentioned | {_MOMENT} if _EPOCH in mentioned else mentioned
    for key in filled - context.keys() - {_EPOCH}:
        domain = sent(scene, key)
        if domain.presence is Presence.ALWAYS:
            context[key] = solve(domain, (), Steps()) or ()
    if _EPOCH in mentioned:
        # The same time, in seconds since 1970.
        context[_EPOCH] = (str(literals.moment(context[_MOMENT][0])),)
    written = {spelled(key): values for key, values in context.items() if values}
    return Request(action, resource, principal, dict(sorted(written.items())))


def unsent(scene: Scene, model: Model) -> Point:
    """What of a request that would get through makes it none to show."""
    if scene.subject.partition not in REGIONS:
        return Doubt(f"the portal knows no Region of the partition `{scene.subject.partition}`")
    request = witness("", scene, model, frozenset())
    # What the search has chosen of them, and not what a real request would carry instead.
    chosen = {
        key: model[key.lower()] or values
        for key, values in request.context.items()
        if key.lower() in model and key != "aws:PrincipalArn"
    }
    carried = [
        f"{key} = {', '.join(f'`{one}`' if one else 'an empty text' for one in values)}"
        for key, values in chosen.items()
    ]
    carried += [f"no {spelled(key)}" for key, values in sorted(model.items()) if not values]
    carrying = " and ".join(carried)
    if _is_over(scene, model):
        return Doubt(
            f"only a request with {carrying} would, and that time is over by the clock of whoever "
            "read the organization"
        )
    if any("" in values for values in chosen.values()):
        # IAM admits empty tags; "Null" speaks of keys that exist and whose value is not null.
        return Doubt(
            f"only a request with {carrying} would, and AWS does not say whether that is a key "
            "without value"
        )
    return Unsent(request.principal_arn, request.resource, carrying)


def _is_over(scene: Scene, model: Model) -> bool:
    """Whether it would have to be sent before the organization was read."""
    found = model.get(_MOMENT)
    moment = literals.moment(found[0]) if found else None
    return moment is not None and moment < int(scene.subject.since.timestamp())


def _given(scene: Scene, resource: str, principal: str) -> dict[str, Value]:
    subject = scene.subject
    region = scene.domain("aws:requestedregion").fixed
    parts = resource.split(":")
    if region is None:
        named = parts[3] if len(parts) > 3 and parts[3] else ""
        region = (named or REGIONS[subject.partition][0],)
    context: dict[str, Value] = {
        PRINCIPAL: (principal,),
        "aws:principalaccount": (subject.account_id,),
        "aws:principalorgid": (subject.organization_id,),
        "aws:principalorgpaths": (subject.organization_path,),
        "aws:principaltype": (scene.kind.value,),
        "aws:principalisawsservice": ("false",),
        "aws:requestedregion": region,
    }
    if principal.split(":")[5].startswith("user/"):
        context["aws:username"] = (principal.rpartition("/")[2],)
    if scene.kind is Kind.FEDERATED_USER:
        name = principal.rpartition("/")[2]
        context["aws:userid"] = (f"{subject.account_id}:{name}",)
    return context
