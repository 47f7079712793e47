"""Parameters as JSON: what `assess --parameters` reads and what verdicts carry."""

import json
from typing import Any, Final

from policies.analysis.guardrail import Parameters

_SCOPES: Final = ("all", "leave")
_TEXTS: Final = ("security_role", "trail")


class ParameterError(ValueError):
    """What is wrong with the parameters, in one sentence."""


def parameters_from_json(found: object) -> Parameters:
    """Defaults for what is not named; raises `ParameterError`."""
    if not isinstance(found, dict):
        raise ParameterError("parameters: must be an object")
    known = parameters_to_json(Parameters())
    for name in found:
        if name not in known:
            raise ParameterError(f'parameters: "{name}" is not one of {", ".join(known)}')
    for name in _TEXTS:
        _check_name(name, found.get(name, "*"))
    if found.get("organizations_scope", "all") not in _SCOPES:
        raise ParameterError('parameters.organizations_scope: must be "all" or "leave"')
    if not isinstance(found.get("colon_paths", False), bool):
        raise ParameterError("parameters.colon_paths: must be true or false")
    exempt = found.get("exempt_principals", [])
    if not isinstance(exempt, list) or not all(_is_arn(one) for one in exempt):
        raise ParameterError(
            "parameters.exempt_principals: must be a list of ARN patterns such as "
            '"arn:*:iam::*:role/InfoSec*"'
        )
    given: dict[str, Any] = dict(found)
    if "exempt_principals" in given:
        given["exempt_principals"] = tuple(exempt)
    return Parameters(**given)


def parameters_to_json(parameters: Parameters) -> dict[str, Any]:
    return {
        "security_role": parameters.security_role,
        "trail": parameters.trail,
        "organizations_scope": parameters.organizations_scope,
        "exempt_principals": list(parameters.exempt_principals),
        "colon_paths": parameters.colon_paths,
    }


def _check_name(name: str, value: object) -> None:
    if not isinstance(value, str) or not value or ":" in value or "$" in value:
        shown = json.dumps(value)
        raise ParameterError(f"parameters.{name}: must be a name, wildcards allowed, not {shown}")


def _is_arn(value: object) -> bool:
    return isinstance(value, str) and value.startswith("arn:") and value.count(":") >= 5
