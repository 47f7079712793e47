"""A witness as a command: AWS's own simulator, asked the same question."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from policies.analysis.keys import KeyType, facts_of
from policies.selectors.verdict_cards import VerdictCard

# ContextKeyTypeEnum of the IAM API.
_TYPES: Final = {
    KeyType.STRING: "string",
    KeyType.ARN: "string",
    KeyType.BOOL: "boolean",
    KeyType.NUMERIC: "numeric",
    KeyType.DATE: "date",
    KeyType.IP: "ip",
}


def with_command(card: VerdictCard, policy_ids: Sequence[str]) -> VerdictCard:
    """The card with a command for its first witness; `policy_ids` are all SCPs on the path."""
    if not card.witnesses:
        return card
    return replace(card, command=simulate_command(card.witnesses[0], policy_ids))


def simulate_command(witness: Mapping[str, Any], policy_ids: Sequence[str]) -> str:
    """For a shell with credentials that may read the organization: it must say `allowed`.

    All SCPs go in as one list, fetched as they are now: a request that every level allows
    and none denies is one that the list allows. Source: IAM API Reference,
    SimulateCustomPolicy (only a user can be the caller; the principal's ARN of a role is
    given as its context key).
    """
    return " \\\n  ".join(_arguments(witness, policy_ids))


def _arguments(witness: Mapping[str, Any], policy_ids: Sequence[str]) -> Iterator[str]:
    yield (
        'scp() { aws organizations describe-policy --policy-id "$1" --query Policy.Content '
        "--output text; }\naws iam simulate-custom-policy"
    )
    fetched = " ".join(f'"$(scp {shlex.quote(one)})"' for one in policy_ids)
    yield f"--policy-input-list {fetched}"
    yield f"--action-names {shlex.quote(witness['action'])}"
    if witness["resource"] != "*":
        yield f"--resource-arns {shlex.quote(witness['resource'])}"
    principal: str = witness["principal_arn"]
    if ":user/" in principal:
        yield f"--caller-arn {shlex.quote(principal)}"
    entries = [
        {
            "ContextKeyName": key,
            "ContextKeyValues": list(values),
            "ContextKeyType": _type(key),
        }
        for key, values in ({"aws:PrincipalArn": [principal]} | witness["context"]).items()
    ]
    yield f"--context-entries {shlex.quote(json.dumps(entries))}"
    yield "--query 'EvaluationResults[].EvalDecision' --output text"


def _type(key: str) -> str:
    facts = facts_of(key)
    return _TYPES[facts.type] + ("List" if facts.multivalued else "")
