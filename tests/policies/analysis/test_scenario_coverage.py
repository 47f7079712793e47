"""The scenarios leave out no operator of AWS and no trap of their README."""

from __future__ import annotations

import json

import pytest

from policies.analysis.document import parse
from policies.analysis.operators import OPERATORS
from policies.analysis.statement import Qualifier
from tests.policies.analysis.scenarios import contents, scenarios

VERDICTS, ORGANIZATIONS = scenarios("verdicts"), scenarios("organizations")
TRAPS = [*range(1, 23), "colon"]
# AWS describes set operators for these families.
SETS = [one for one in OPERATORS if one.startswith(("String", "Arn", "Bool"))]


def _written() -> set[str]:
    """Every operator that stands in a policy of a scenario, as it stands there."""
    found: set[str] = set()
    for scenario in VERDICTS.values():
        for policies in scenario["levels"].values():
            for text in contents([one for one in policies if "Statement" in one]):
                statements = json.loads(text)["Statement"]
                each = [statements] if isinstance(statements, dict) else statements
                found |= {operator for one in each for operator in one.get("Condition", {})}
    return found


def test_there_are_as_many_as_it_takes() -> None:
    assert len(VERDICTS) >= 250
    assert len({one["title"] for one in VERDICTS.values()}) == len(VERDICTS)


@pytest.mark.parametrize("trap", TRAPS)
def test_each_trap_is_set(trap: object) -> None:
    told = [*VERDICTS.values(), *ORGANIZATIONS.values()]
    assert any(trap in one.get("traps", ()) for one in told)


def test_each_operator_is_used_plainly_with_if_exists_and_as_a_set_operator() -> None:
    wanted = {
        *OPERATORS,
        *(f"{one}IfExists" for one in OPERATORS if one != "Null"),
        *(f"{qualifier}:{one}" for one in SETS for qualifier in Qualifier),
    }
    assert wanted - _written() == set()


def test_policy_variables_are_used() -> None:
    texts = [json.dumps(one["levels"]) for one in VERDICTS.values()]
    for variable in ("${aws:PrincipalAccount}", "${*}", "${?}"):
        assert any(variable in text for text in texts)


def test_a_large_policy_is_as_large_as_aws_admits() -> None:
    levels = VERDICTS["quotas-partial"]["levels"]
    assert len(levels) == 7
    for policies in levels.values():
        texts = [*contents(policies)]
        assert len(texts) == 10
        for text in texts[1:]:
            assert 10_150 < len(text) <= 10_240
            assert parse("p-large", text)
