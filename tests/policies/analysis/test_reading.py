"""Statements are read once for all scenes that they do not tell apart, and never for others."""

from __future__ import annotations

import itertools

import pytest

from policies.analysis.bearing import Cases
from policies.analysis.reading import Readings
from policies.analysis.scene import Scene
from policies.analysis.spaces import Kind
from policies.analysis.walks import Steps
from tests.policies.analysis.universe import SUBJECT
from tests.policies.analysis.writing import EVERYTHING, deny, levels, statements

ACTION = "iam:UpdateAccountPasswordPolicy"


def scene(kind: Kind) -> Scene:
    return Scene("iam", None, kind, SUBJECT, False)


@pytest.mark.parametrize(
    ("condition", "readings"),
    [
        ({"StringLike": {"aws:PrincipalArn": "*:role/*"}}, 1),
        ({"StringLike": {"aws:PrincipalTag/team": "${aws:PrincipalOrgID}"}}, 1),
        ({"StringLike": {"aws:username": "a*"}}, len(Kind)),
        ({"StringLike": {"aws:userid": "a*"}}, len(Kind)),
        ({"StringLike": {"aws:PrincipalTag/team": "${aws:PrincipalType}"}}, len(Kind)),
        ({"StringLike": {"aws:PrincipalTag/team": "${aws:username, 'none'}"}}, len(Kind)),
    ],
)
def test_a_statement_is_read_for_each_kind_of_principal_where_it_tells_them_apart(
    condition: dict[str, dict[str, str]], readings: int
) -> None:
    read = Readings()
    given = levels([EVERYTHING, deny(Condition=condition)])
    (case,) = Cases(given).of_each([ACTION])
    scenes = [scene(kind) for kind in Kind]
    alone = {id(read.of(case.denies[0].statement, one, Steps())) for one in scenes}
    together = {id(read.clauses(case, one, Steps(), generous=True)) for one in scenes}
    assert (len(alone), len(together)) == (readings, readings)


def test_a_statement_costs_by_its_texts_and_once_alone() -> None:
    short, long = statements(deny(resource=["a"]), deny(resource=["a"] * 30))
    read, steps = Readings(), Steps(1_000)
    left = [steps.left]
    for one in (short, long, long):
        read.of(one, scene(Kind.ROLE), steps)
        left.append(steps.left)
    of_short, of_long, again = (before - after for before, after in itertools.pairwise(left))
    assert 0 < of_short < 2 * of_short < of_long
    assert again == 0
