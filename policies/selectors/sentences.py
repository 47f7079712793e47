"""What happened, in sentences; backticks mark names, as in a verdict's reason."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from policies.analysis.verdict import Status
from policies.events import Event, EventKind
from policies.selectors.headings import STATUS_LABELS

_SENTENCES: Final = {
    EventKind.SCP_ATTACHED: "Attached {policy} to {target}",
    EventKind.SCP_DETACHED: "Detached {policy} from {target}",
    EventKind.SCP_EDITED: "Edited {policy}",
    EventKind.ACCOUNT_JOINED: "Added {accounts} in {target}",
    EventKind.ACCOUNT_LEFT: "Removed {accounts} from {target}",
    EventKind.ACCOUNT_MOVED: "Moved {accounts} from {origin} to {target}",
    EventKind.ACCOUNT_STATE: "Changed {accounts}: {values}",
    EventKind.UNIT_CREATED: "Created the OU {target}",
    EventKind.UNIT_DELETED: "Deleted the OU {target}",
    EventKind.UNIT_MOVED: "Moved the OU {origin} to {target}",
    EventKind.ORGANIZATION_CHANGED: "Changed the organization: {values}",
    EventKind.PARAMETERS_CHANGED: "Changed guardrail parameters in the portal: {values}",
    EventKind.CATALOGUE_CHANGED: "Changed the portal's catalogue of guardrails",
    EventKind.ENGINE_CHANGED: "Changed the engine by which the portal judges: {values}",
}
_PARAMETERS: Final = {
    "security_role": "security role",
    "trail": "trail",
    "organizations_scope": "scope of Organizations actions",
    "exempt_principals": "exempt principals",
    "colon_paths": "paths with colons",
}
_ORGANIZATION: Final = {
    "management_account_id": "management account",
    "feature_set": "feature set",
    "scp_status": "policy type SERVICE_CONTROL_POLICY",
}


def marked(text: str) -> str:
    """Between backticks, of which there are more than the text itself has in a row."""
    runs = re.findall("`+", text)
    if not runs:
        return f"`{text}`"
    fence = "`" * (len(max(runs)) + 1)
    # Apart from those that the text begins or ends with.
    return f"{fence} {text} {fence}"


def event_sentence(event: Event) -> str:
    """Without a full stop: "Detached `Protect CloudTrail` from `Workloads`"."""
    words = {
        EventKind.ORGANIZATION_CHANGED: _ORGANIZATION,
        EventKind.PARAMETERS_CHANGED: _PARAMETERS,
    }
    return _SENTENCES[event.kind].format(
        policy=marked(event.policy.name) if event.policy else "",
        target=marked(event.target.name) if event.target else "",
        origin=marked(event.origin.name) if event.origin else "",
        accounts=_accounts(event),
        values=_values(event, words.get(event.kind, {})),
    )


def events_sentence(events: Sequence[Event]) -> str:
    """Several in one: "Detached `A` from `B`; moved `c` from `D` to `E`"."""
    first, *others = (event_sentence(event) for event in events) if events else ("",)
    said = [first, *(one[0].lower() + one[1:] for one in others)]
    return "; ".join(said) or "Nothing that AWS or the rules show"


def verdict_sentence(before: Status | None, after: Status | None, accounts: int, short: str) -> str:
    """What became of a guardrail, by its short name: "212 accounts lost CloudTrail"."""
    many = f"{accounts:,} account{'' if accounts == 1 else 's'}"
    if before is None or after is None:
        came = "came with" if after else "left with"
        status = after or before
        assert status is not None  # noqa: S101 - a change has one of them
        return f"{many} {came} {short} {STATUS_LABELS[status].lower()}"
    was, now = STATUS_LABELS[before].lower(), STATUS_LABELS[after].lower()
    if before is Status.ENFORCED and after.lacking:
        return f"{many} lost {short}, now {now}"
    if after is Status.ENFORCED and before.lacking:
        return f"{many} gained {short}, {was} before"
    if before is after:
        return f"{many} with other actions open under {short}"
    return f"{many} went from {was} to {now} in {short}"


def _accounts(event: Event) -> str:
    names = [marked(one.name) for one in event.accounts]
    more = event.count - len(names)
    if more:
        names.append(f"{more:,} other{'' if more == 1 else 's'}")
    return " and ".join((", ".join(names[:-1]), names[-1])) if names[1:] else "".join(names)


def _values(event: Event, words: dict[str, str]) -> str:
    return "; ".join(
        f"{words.get(name, name)} from {marked(said(before))} to {marked(said(after))}"
        for name, (before, after) in event.values.items()
    )


def parameter_words(name: str) -> str:
    """How people call a parameter of the guardrails."""
    return _PARAMETERS.get(name, name)


def said(value: Any) -> str:
    """A JSON value of a parameter or of an audit entry, for a person."""
    match value:
        case bool():
            return "yes" if value else "no"
        case None | "" | []:
            return "none"
        case str():
            return value
        case list() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
