"""Short ways to write what tests of the analysis need."""

from __future__ import annotations

import json
from typing import Any

from policies.analysis.document import parse
from policies.analysis.hierarchy import Level, Levels
from policies.analysis.kleene import Truth
from policies.analysis.statement import Condition, Statement
from policies.analysis.truth import truth_of
from policies.analysis.verdict import Request

ACCOUNT = "222222222222"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/Admin"
EVERYTHING: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def deny(action: Any = "*", resource: Any = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **rest}


def allow(action: Any = "*", resource: Any = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def document(*statements: Any, version: str | None = "2012-10-17") -> str:
    found: dict[str, Any] = {"Statement": list(statements)}
    return json.dumps(found if version is None else {"Version": version, **found})


def statements(*written: Any, policy_id: str = "p-1", **rest: Any) -> tuple[Statement, ...]:
    return parse(policy_id, document(*written, **rest))


def levels(*each: list[Any]) -> Levels:
    """One level for each list of statements, from the root down."""
    return tuple(
        Level(f"level-{index}", statements(*written, policy_id=f"p-{index}") if written else ())
        for index, written in enumerate(each)
    )


def condition(operator: str, key: str, *values: Any) -> Condition:
    block = {operator: {key: list(values)}}
    return statements(deny(Condition=block))[0].conditions[0]


def holds(
    operator: str,
    key: str,
    *values: Any,
    given: dict[str, str | list[str]] | None = None,
    variables: bool = True,
) -> Truth:
    """The truth of one condition for a request that carries nothing but `given`."""
    context = {
        name.lower(): (found,) if isinstance(found, str) else tuple(found)
        for name, found in (given or {}).items()
    }
    return truth_of(condition(operator, key, *values), context, variables=variables)


def request(
    action: str = "iam:DeleteRole",
    resource: str = "*",
    principal: str = ADMIN,
    **context: str,
) -> Request:
    given = {key.replace("_", ":", 1): (value,) for key, value in context.items()}
    return Request(action, resource, principal, given)
