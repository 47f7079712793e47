"""What may change verdicts: what somebody did in AWS, or a change of our own rules."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import msgspec

# So many accounts of an event are named; of the others the number is kept.
NAMED: Final = 3


class EventKind(enum.StrEnum):
    SCP_ATTACHED = "scp_attached"
    SCP_DETACHED = "scp_detached"
    SCP_EDITED = "scp_edited"
    ACCOUNT_JOINED = "account_joined"
    ACCOUNT_LEFT = "account_left"
    ACCOUNT_MOVED = "account_moved"
    ACCOUNT_STATE = "account_state"
    UNIT_CREATED = "unit_created"
    UNIT_DELETED = "unit_deleted"
    UNIT_MOVED = "unit_moved"
    # The feature set, the policy type's status or the management account.
    ORGANIZATION_CHANGED = "organization_changed"
    PARAMETERS_CHANGED = "parameters_changed"
    CATALOGUE_CHANGED = "catalogue_changed"
    ENGINE_CHANGED = "engine_changed"

    @property
    def in_aws(self) -> bool:
        """Whether AWS changed, rather than how the portal judges it."""
        return self not in _OURS


_OURS = frozenset(
    {EventKind.PARAMETERS_CHANGED, EventKind.CATALOGUE_CHANGED, EventKind.ENGINE_CHANGED}
)


@dataclass(frozen=True, slots=True)
class Named:
    """Something of AWS by its id, under the name it had then."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """`policy` of SCP events; `target` is where: the place of an attachment, a unit, the unit
    that accounts joined, left or moved to; `origin` is where something moved from.

    `accounts` are the first few of `count`. `values` are what is otherwise another:
    {name: (before, after)}.
    """

    kind: EventKind
    policy: Named | None = None
    target: Named | None = None
    origin: Named | None = None
    accounts: tuple[Named, ...] = ()
    count: int = 0
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        """Without what is empty."""
        return {name: part for name, part in msgspec.to_builtins(self).items() if part}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """The event that `to_json` wrote."""
        return msgspec.convert(found, cls)
