"""Parameters as JSON: defaults, and one sentence on what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from policies.analysis.guardrail import Parameters
from policies.catalogue.parameters import (
    ParameterError,
    parameters_from_json,
    parameters_to_json,
)


def test_nothing_given_is_the_defaults() -> None:
    assert parameters_from_json({}) == Parameters()


def test_what_is_written_reads_back_the_same() -> None:
    given = Parameters("Sec*", "main", "leave", ("arn:aws:iam::*:role/A",), colon_paths=True)
    assert parameters_from_json(parameters_to_json(given)) == given


@pytest.mark.parametrize(
    ("found", "named"),
    [
        ([], "object"),
        ({"trial": "x"}, "trial"),
        ({"security_role": 5}, "security_role"),
        ({"trail": ""}, "trail"),
        ({"trail": "a:b"}, "trail"),
        ({"organizations_scope": "some"}, "organizations_scope"),
        ({"organizations_scope": ["all"]}, "organizations_scope"),
        ({"colon_paths": "yes"}, "colon_paths"),
        ({"exempt_principals": "arn:aws:iam::*:role/A"}, "exempt_principals"),
        ({"exempt_principals": ["InfoSec*"]}, "exempt_principals"),
    ],
)
def test_what_is_wrong_is_named(found: Any, named: str) -> None:
    with pytest.raises(ParameterError, match=named):
        parameters_from_json(found)
