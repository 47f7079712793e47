"""What is an SCP, what it says, and how an error names its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.document import MAX_CHARACTERS, DocumentError, parse
from policies.analysis.statement import Condition
from policies.analysis.verdict import Effect
from tests.policies.analysis.writing import deny, document, statements


def complaint(content: str) -> str:
    with pytest.raises(DocumentError) as caught:
        parse("p-x", content)
    return str(caught.value)


def complaint_about(*written: Any, **rest: Any) -> str:
    return complaint(document(*written, **rest))


def test_a_single_statement_needs_no_list() -> None:
    (one,) = parse("p-x", '{"Statement": {"Effect": "Deny", "Action": "a:B", "Resource": "*"}}')
    assert (one.effect, one.actions, one.resources) == (Effect.DENY, ("a:b",), ("*",))


def test_statements_are_counted_from_zero_and_keep_their_policy_and_sid() -> None:
    first, second = statements(deny(Sid="First"), deny(), policy_id="p-7")
    assert (first.policy_id, first.index, first.sid) == ("p-7", 0, "First")
    assert (second.policy_id, second.index, second.sid) == ("p-7", 1, None)


def test_actions_are_in_lower_case_and_resources_as_written() -> None:
    (one,) = statements(deny(["IAM:CreateRole", "s3:*"], ["arn:aws:iam::*:role/InfoSec*"]))
    assert one.actions == ("iam:createrole", "s3:*")
    assert one.resources == ("arn:aws:iam::*:role/InfoSec*",)
    assert not one.not_action
    assert not one.not_resource


def test_not_action_and_not_resource_are_told_apart() -> None:
    (one,) = statements({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::a"})
    assert one.not_action
    assert one.not_resource
    assert (one.actions, one.resources) == (("iam:*",), ("arn:aws:s3:::a",))


@pytest.mark.parametrize(
    ("version", "variables"), [("2012-10-17", True), ("2008-10-17", False), (None, False)]
)
def test_policy_variables_need_the_version_that_knows_them(
    version: str | None, variables: bool
) -> None:
    (one,) = statements(deny(), version=version)
    assert one.variables is variables


def test_a_condition_is_one_key_of_one_operator_with_its_key_in_lower_case() -> None:
    block = {
        "ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a*", "b"]},
        "Null": {"AWS:TokenIssueTime": "true"},
    }
    (one,) = statements(deny(Condition=block))
    like, null = one.conditions
    assert (like.operator, like.qualifier, like.if_exists) == ("StringLike", "ForAnyValue", True)
    assert (like.key, like.values, like.known) == ("aws:tagkeys", ("a*", "b"), True)
    assert (null.operator, null.key, null.values) == ("Null", "aws:tokenissuetime", ("true",))


def test_unquoted_numbers_and_booleans_are_the_texts_that_they_were_written_as() -> None:
    content = (
        '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": '
        '{"NumericEquals": {"a:b": [5, 1.50, -0]}, "Bool": {"a:c": [true, false]}}}}'
    )
    numbers, booleans = parse("p-x", content)[0].conditions
    assert numbers.values == ("5", "1.50", "-0")
    assert booleans.values == ("true", "false")


@pytest.mark.parametrize(
    "operator",
    [
        "StringLik",
        "stringlike",
        "NullIfExists",
        "ForAnyValue:Null",
        "ForSomeValues:StringEquals",
        "foranyvalue:StringEquals",
        "ForAnyValue:ForAnyValue:StringEquals",
        "IfExists",
        "StringEqualsIfExistsIfExists",
        "",
    ],
)
def test_an_unknown_operator_stays_as_written_and_nothing_is_concluded_from_it(
    operator: str,
) -> None:
    (one,) = statements(deny(Condition={operator: {"aws:a": "b"}}))
    (found,) = one.conditions
    assert found == Condition(operator, None, False, "aws:a", ("b",), known=False)


def test_one_key_in_two_spellings_is_not_understood() -> None:
    block = {"StringEquals": {"aws:PrincipalArn": "a", "aws:principalarn": "b", "aws:c": "d"}}
    (one,) = statements(deny(Condition=block))
    assert [condition.known for condition in one.conditions] == [False, False, True]


def test_an_scp_may_have_10240_characters_and_no_more() -> None:
    content = document(deny())
    assert parse("p-x", content.ljust(MAX_CHARACTERS))
    assert complaint(content.ljust(MAX_CHARACTERS + 1)) == (
        "policy p-x, whole document: 10,241 characters are more than the 10,240 of an SCP"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"Statement"\n  x', "line 2 column 3: not JSON: Expecting ':' delimiter"),
        ("", "line 1 column 1: not JSON: Expecting value"),
        ("[]", "whole document: must be an object"),
        ("[" * 5_000 + "]" * 5_000, "whole document: nested too deeply"),
        ('{"Version": NaN}', "NaN: is no value that JSON knows"),
        ("{}", "Statement: is missing"),
        ('{"Statement": []}', "Statement: is missing"),
        ('{"Statement": "x"}', "statement 0, whole statement: must be an object"),
        ('{"statement": {}}', "statement: is no element of a policy"),
        ('{"Statement": {}, "Statement": {}}', 'key "Statement": stands twice in one object'),
        (
            '{"Version": 1, "Statement": {}}',
            'Version: must be one of 2008-10-17, 2012-10-17, not "1"',
        ),
        (
            '{"Version": "\\ud800", "Statement": {"Sid": "\\ud800"}}',
            'Version: must be one of 2008-10-17, 2012-10-17, not "\\ud800"',
        ),
        ('{"\\ud800": 1}', 'text "\\ud800": holds a character that no policy can hold'),
        ('{"\\udfff": 1}', 'text "\\udfff": holds a character that no policy can hold'),
    ],
)
def test_what_is_no_policy_is_told_with_its_place(content: str, message: str) -> None:
    assert complaint(content) == f"policy p-x, {message}"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (deny() | {"Effect": "Dney"}, 'Effect: must be "Allow" or "Deny", not "Dney"'),
        (deny() | {"Effect": ["Deny"]}, 'Effect: must be "Allow" or "Deny", not a list'),
        ({"Action": "*", "Resource": "*"}, 'Effect: must be "Allow" or "Deny", not null'),
        (deny() | {"Principal": "*"}, "Principal: is no element of an SCP's statement"),
        (deny() | {"NotPrincipal": "*"}, "NotPrincipal: is no element of an SCP's statement"),
        (deny() | {"x" * 99: ""}, f"{'x' * 78}: is no element of an SCP's statement"),
        (deny() | {"NotAction": "*"}, "NotAction: can't stand beside Action"),
        (deny() | {"NotResource": "*"}, "NotResource: can't stand beside Resource"),
        ({"Effect": "Deny", "Resource": "*"}, "Action: is missing"),
        ({"Effect": "Deny", "Action": "*"}, "Resource: is missing"),
        (deny([]), "Action: must name something"),
        (deny(resource=[]), "Resource: must name something"),
        (deny({"a": 1}), "Action: must be a text or a list of texts, not an object"),
        (deny(["a", None]), "Action: must be a text or a list of texts, not null"),
        (deny("iam:\0"), 'text "iam:\\u0000": holds a character that no policy can hold'),
        (deny(Sid=5), 'Sid: must be a text, not "5"'),
        (deny(Sid=["a"]), "Sid: must be a text, not a list"),
        (deny(Condition=[]), "Condition: must be an object, not a list"),
        (deny(Condition={"Bool": "x"}), 'Condition.Bool: must be an object, not "x"'),
        (
            deny(Condition={"Bool": {"aws:a": {}}}),
            "Condition.Bool.aws:a: must be a text or a list of texts, not an object",
        ),
    ],
)
def test_a_broken_statement_is_told_with_its_number_and_element(
    statement: dict[str, Any], message: str
) -> None:
    assert complaint_about(deny(), statement) == f"policy p-x, statement 1, {message}"


def test_a_long_value_is_cut_so_that_the_sentence_can_be_read() -> None:
    assert complaint_about(deny() | {"Effect": "x" * 500}).endswith(f'"{"x" * 78}…')
    assert complaint_about(deny() | {"Effect": "x" * 79}).endswith(f'"{"x" * 78}…')
    assert complaint_about(deny() | {"Effect": "x" * 78}).endswith(f'"{"x" * 78}"')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
ELEMENTS = st.sampled_from(
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal"]
)
STATEMENT = st.dictionaries(ELEMENTS, JSON | st.sampled_from(["Deny", "Allow", "*"]))


@given(
    st.text()
    | JSON.map(json.dumps)
    | st.fixed_dictionaries({"Statement": STATEMENT | st.lists(STATEMENT)}).map(json.dumps)
)
def test_any_text_is_read_or_refused_in_one_line_that_names_the_policy(content: str) -> None:
    problem = ""
    try:
        assert parse("p-x", content)
    except DocumentError as error:
        problem = str(error)
    assert problem == "" or problem.startswith("policy p-x, ")
    assert "\n" not in problem
