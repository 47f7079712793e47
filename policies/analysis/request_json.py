"""Concrete requests from JSON: `{"action", "resource", "principal_arn", "context"}`."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from policies.analysis.verdict import Request

_KEYS: Final = ("action", "resource", "principal_arn", "context")
_ACTION: Final = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+")
_RESOURCE: Final = re.compile(r"\*|arn(:[^:]*){4}:.+", re.DOTALL)
_PRINCIPAL: Final = re.compile(
    r"arn:[a-z-]+:(iam::(?P<iam>[0-9]{12}):(root|user/.+|role/.+)"
    r"|sts::(?P<sts>[0-9]{12}):federated-user/.+)",
    re.DOTALL,
)


class RequestError(ValueError):
    """Why a text is no request, in a clause that names the place."""


def request_from_json(text: str) -> Request:
    """One request; `context` may be left out, and its values be single ones.

    Numbers and booleans are the texts that they were written as, as in policies. Raises
    `RequestError`.
    """
    found = _object(text)
    for key in found:
        if key not in _KEYS:
            raise RequestError(f"{json.dumps(key)}: must be one of {', '.join(_KEYS)}")
    return Request(
        action=_formed(found, "action", _ACTION, "an action such as iam:CreateRole"),
        resource=_formed(found, "resource", _RESOURCE, 'an ARN or "*"'),
        principal_arn=_formed(
            found,
            "principal_arn",
            _PRINCIPAL,
            "the ARN of a root user, user, role (not of its session) or federated user",
        ),
        context=_context(found.get("context", {})),
    )


def account_of(request: Request) -> str:
    """The id of the account that the principal belongs to."""
    return request.principal_arn.split(":")[4]


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise RequestError(f"column {error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise RequestError("nested too deeply") from None
    if not isinstance(found, dict):
        raise RequestError("must be an object")
    return found


def _formed(found: dict[str, Any], key: str, form: re.Pattern[str], meant: str) -> str:
    if key not in found:
        raise RequestError(f"{key}: is missing")
    value = found[key]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise RequestError(f"{key}: must be {meant}")
    return value


def _context(found: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(found, dict):
        raise RequestError("context: must be an object")
    names: set[str] = set()
    context = {}
    for key, value in found.items():
        if key.lower() in names:
            raise RequestError(f"context.{key}: stands twice, since case makes no difference")
        names.add(key.lower())
        values = value if isinstance(value, list) else [value]
        context[key] = tuple(_text(key, one) for one in values)
    return context


def _text(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    raise RequestError(f"context.{key}: must be a text or a list of texts")
