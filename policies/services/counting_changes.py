"""Changed verdicts, counted for each OU that their accounts were below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from policies.models import AccountVersion, Cause, ChangeTotal, VerdictChange
from policies.services.comparing import AccountPair

# So many accounts are named of those that are counted.
NAMED: Final = 3
# By what accounts are put in order, their ids and their names.
_Named = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the changes of one total have in common; statuses are empty where there is none."""

    guardrail: str
    before: str
    after: str
    direction: VerdictChange.Direction


@dataclass(slots=True)
class _Tally:
    """`first` are in their order."""

    accounts: int = 0
    first: list[_Named] = field(default_factory=list)

    def add(self, accounts: int, named: Sequence[_Named]) -> None:
        self.accounts += accounts
        if len(self.first) < NAMED or named[0] < self.first[-1]:
            self.first = sorted([*self.first, *named])[:NAMED]


@dataclass(slots=True)
class ChangeCounts:
    """Counts as the changes are found; the causes need no key until `totals` are asked for."""

    # By the units of an account first, of which thousands have the same.
    _tallies: dict[tuple[int, _Kind, frozenset[str]], _Tally] = field(default_factory=dict)
    _causes: dict[int, Cause] = field(default_factory=dict)
    _units: dict[tuple[int | None, int | None], frozenset[str]] = field(default_factory=dict)

    def count(self, change: VerdictChange, pair: AccountPair, before: str, after: str) -> None:
        """One change of an account that was, and is, where the pair says."""
        cause = change.cause
        self._causes[id(cause)] = cause
        kind = _Kind(change.guardrail, before, after, VerdictChange.Direction(change.direction))
        tally = self._tallies.setdefault((id(cause), kind, self._below(pair)), _Tally())
        account = pair.last
        tally.add(1, [(account.name.lower(), account.aws_id, account.name)])

    def totals(self) -> Iterator[ChangeTotal]:
        """For the whole organization, and for each OU."""
        merged: dict[tuple[int, str, _Kind], _Tally] = {}
        for (cause, kind, units), tally in self._tallies.items():
            for unit in ("", *units):
                found = merged.setdefault((cause, unit, kind), _Tally())
                found.add(tally.accounts, tally.first)
        for (cause, unit, kind), tally in merged.items():
            yield ChangeTotal(
                cause=self._causes[cause],
                unit_aws_id=unit,
                guardrail=kind.guardrail,
                before=kind.before,
                after=kind.after,
                direction=kind.direction,
                accounts=tally.accounts,
                examples=[{"id": aws_id, "name": name} for _, aws_id, name in tally.first],
            )

    def _below(self, pair: AccountPair) -> frozenset[str]:
        """The OUs that the account was below, before or after."""
        key = (_unit(pair.before), _unit(pair.after))
        if key not in self._units:
            own = {pair.last.aws_id}
            self._units[key] = frozenset(
                one for one in pair.targets() - own if not one.startswith("r-")
            )
        return self._units[key]


def _unit(version: AccountVersion | None) -> int | None:
    return version.unit_id if version else None
