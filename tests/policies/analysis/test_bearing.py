"""Which actions a statement names: surely, and in some reading of its patterns."""

from __future__ import annotations

import itertools
import re
from typing import Final

from policies.analysis.bearing import Cases, Named, bears, named
from tests.policies.analysis.writing import levels, statements

ACTIONS: Final = ("iam:DeleteRole", "iam:DeleteUser", "s3:DeleteBucket", "iam-x:DeleteRole")
PATTERNS: Final = (
    "*",
    "**",
    "*:*",
    "i*",
    "?am:DeleteRole",
    "*:deleteRole",
    "iam:*",
    "IAM:Delete*",
    "iam:DeleteRol?",
    "iam:CreateRole",
    "s3:*",
    "s3:Delete?",
    "iam",
)


def _names(pattern: str, action: str) -> Named:
    """AWS describes a wildcard for the service where it stands for everything, and no other."""
    regular = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    possibly = re.fullmatch(regular, action, re.IGNORECASE) is not None
    service, colon, _ = pattern.partition(":")
    plain = bool(colon) and not {"*", "?"} & {*service}
    return Named(possibly and (plain or not pattern.strip("*")), possibly)


def test_an_action_is_named_as_regular_expressions_say() -> None:
    for pair in itertools.combinations_with_replacement(PATTERNS, 2):
        every = [[_names(one, action) for one in pair] for action in ACTIONS]
        expected = [Named(any(s for s, _ in one), any(p for _, p in one)) for one in every]
        for element, wanted in (
            ("Action", expected),
            ("NotAction", [Named(not p, not s) for s, p in expected]),
        ):
            written = {"Effect": "Deny", element: list(pair), "Resource": "*"}
            (one,) = statements(written)
            each = [named(one.actions, one.not_action, action.lower()) for action in ACTIONS]
            assert each == wanted, (element, pair)
            assert [bears(one, [action]) for action in ACTIONS] == [p for _, p in wanted]
            assert bears(one, ACTIONS) is any(p for _, p in wanted)
            cases = Cases(levels([written]))
            together = cases.of_each(ACTIONS)
            alone = [case for action in ACTIONS for case in cases.of_each([action])]
            for found in (together, alone):
                assert [case.denies[0].named if case.denies else None for case in found] == [
                    one if one.possibly else None for one in wanted
                ]
