"""The guardrails: each a JSON file beside this one, read once (docs/adding-a-guardrail.md)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from policies.analysis.guardrail import Guardrail, Parameters

# Texts and what they hold, in the order of Amazon's Information Security team.
_FILES: Final = sorted(
    (
        (text, json.loads(text))
        for text in (
            file.read_text(encoding="utf-8")
            for file in files(__name__).iterdir()
            if file.name.endswith(".json")
        )
    ),
    key=lambda file: int(file[1]["number"]),
)
_DATA: Final[Mapping[str, Mapping[str, Any]]] = {data["id"]: data for _, data in _FILES}
GUARDRAIL_IDS: Final = tuple(_DATA)


def guardrails(
    parameters: Parameters | None = None, ids: Sequence[str] | None = None
) -> tuple[Guardrail, ...]:
    """The guardrails of `ids` (all by default) with `parameters` filled in, in their order."""
    chosen = GUARDRAIL_IDS if ids is None else [one for one in GUARDRAIL_IDS if one in ids]
    return tuple(_guardrail(_DATA[one], parameters or Parameters()) for one in chosen)


def short_title(id: str) -> str:
    """Of a guardrail's title what fits above a column."""
    return str(_DATA[id]["short_title"])


@cache
def digest() -> str:
    """SHA-256 in hex of the catalogue: verdicts of another digest followed other rules."""
    return hashlib.sha256("".join(text for text, _ in _FILES).encode()).hexdigest()


def _guardrail(data: Mapping[str, Any], parameters: Parameters) -> Guardrail:
    scope = parameters.organizations_scope
    chosen = data.get("scopes", {}).get(scope, data["actions"])
    reference = data.get("reference_scps", {}).get(scope, data["reference_scp"])
    resources = {
        kind: tuple(_filled(template, parameters) for template in templates)
        for kind, templates in data["resources"].items()
    }

    def callable_on(actions: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
        return {
            action: tuple(one for kind in kinds for one in resources[kind])
            for action, kinds in actions.items()
        }

    return Guardrail(
        id=data["id"],
        number=data["number"],
        title=data["title"],
        rationale=data["rationale"],
        actions=callable_on({action: data["actions"][action] for action in chosen}),
        also=callable_on(data["also"]),
        parameters=parameters,
        parameter_names=tuple(data["parameters"]),
        reference_scp=json.dumps(_with_parameters(reference, parameters), indent=2),
        condition_keys={
            action: frozenset(key.lower() for key in keys)
            for action, keys in data["condition_keys"].items()
        },
    )


def _filled(template: str, parameters: Parameters) -> str:
    filled = template.replace("${security_role}", parameters.security_role)
    return filled.replace("${trail}", parameters.trail)


def _with_parameters(value: Any, parameters: Parameters) -> Any:
    """The reference SCP for the commercial partition, parameters in their places."""
    if isinstance(value, dict):
        # With nobody exempt the condition goes: AWS does not say what an empty list means.
        left_out = () if parameters.exempt_principals else ("Condition",)
        return {
            key: _with_parameters(one, parameters)
            for key, one in value.items()
            if key not in left_out
        }
    if isinstance(value, list):
        return [_with_parameters(one, parameters) for one in value]
    if value == "${exempt_principals}":
        exempt = [one.replace("arn:*:", "arn:aws:", 1) for one in parameters.exempt_principals]
        return exempt[0] if len(exempt) == 1 else exempt
    return _filled(value, parameters).replace("${Partition}", "aws")
