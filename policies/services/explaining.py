"""Which of the events between two assessments changed a verdict."""

from dataclasses import dataclass

from policies.analysis.verdict import Status
from policies.events import Event, EventKind
from policies.services.comparing import AccountPair, Difference

_COME_AND_GO = frozenset({EventKind.ACCOUNT_JOINED, EventKind.ACCOUNT_LEFT})


@dataclass(frozen=True, slots=True)
class Decided:
    """What of a verdict tells whether and why it is another; `evidence` is policy and target
    of each statement that decides, where "" is a level that allows nothing.
    """

    id: int
    status: Status
    open_actions: frozenset[str]
    evidence: frozenset[tuple[str, str]]


def explain(
    difference: Difference, pair: AccountPair, before: Decided | None, after: Decided | None
) -> tuple[Event, ...]:
    """The events that could have changed the verdict, narrowed by its evidence.

    Could have: they happened to the account, to its path before or after, to an SCP attached
    there, or to the rules. Where the evidence before names what went, or the evidence after
    what came, only those events stay; more than one stays where nothing tells them apart.
    """
    own = difference.of_accounts.get(pair.last.aws_id, [])
    arrival = tuple(event for event in own if event.kind in _COME_AND_GO)
    if arrival:
        return arrival
    targets = sorted(pair.targets())
    possible = [
        *difference.of_all,
        *(event for event in own if event.kind is not EventKind.ACCOUNT_STATE),
        *(event for target in targets for event in difference.of_targets.get(target, ())),
    ]
    found = _Grounds(
        before=before.evidence if before else frozenset(),
        after=after.evidence if after else frozenset(),
        path_before=pair.path(pair.before),
        path_after=pair.path(pair.after),
    )
    telling = [event for event in possible if found.name(event)]
    return tuple(dict.fromkeys(telling or possible))


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What the verdicts rested on, before and after."""

    before: frozenset[tuple[str, str]]
    after: frozenset[tuple[str, str]]
    path_before: frozenset[str]
    path_after: frozenset[str]

    def name(self, event: Event) -> bool:
        """Whether the evidence itself speaks for the event."""
        policy = event.policy.id if event.policy else ""
        target = event.target.id if event.target else ""
        match event.kind:
            case EventKind.SCP_ATTACHED:
                return (policy, target) in self.after or ("", target) in self.before
            case EventKind.SCP_DETACHED:
                return (policy, target) in self.before or ("", target) in self.after
            case EventKind.SCP_EDITED:
                return any(one == policy for one, _ in self.before | self.after)
            case EventKind.ACCOUNT_MOVED | EventKind.UNIT_MOVED:
                left = any(self._unit_off(one, self.path_after) for _, one in self.before)
                return left or any(self._unit_off(one, self.path_before) for _, one in self.after)
            case _:
                # The rules, or whether SCPs count at all.
                return True

    @staticmethod
    def _unit_off(target: str, path: frozenset[str]) -> bool:
        # The account's own level is a mark in a stored verdict, and on every path.
        return target.startswith(("r-", "ou-")) and target not in path
