"""What a policy says, once its JSON has been read: statements and their conditions."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from policies.analysis.verdict import Effect


class Qualifier(enum.StrEnum):
    """Set operators, for keys with several values."""

    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of one condition operator.

    `operator` is AWS's name without qualifier and without `IfExists`
    (`StringNotLike`, `Null`, …) in AWS's spelling; a name that the portal does not know
    stands as it was written, with `known` false: nothing is concluded from it.
    `key` is in lower case, since IAM compares key names without regard to case.
    """

    operator: str
    qualifier: Qualifier | None
    if_exists: bool
    key: str
    values: tuple[str, ...]
    known: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one policy.

    `actions` are patterns in lower case; with `not_action` they name what the statement
    leaves out. `resources` are patterns as written; with `not_resource` likewise.
    `variables` tells whether `${…}` in values and resources are policy variables
    (Version 2012-10-17) or plain text.
    """

    policy_id: str
    index: int
    sid: str | None
    effect: Effect
    actions: tuple[str, ...]
    not_action: bool
    resources: tuple[str, ...]
    not_resource: bool
    conditions: tuple[Condition, ...]
    variables: bool

    def texts(self) -> Iterator[str]:
        """Whatever may tell requests apart beside their actions."""
        yield from self.resources
        for condition in self.conditions:
            yield condition.key
            yield from condition.values

    @property
    def reaches_all(self) -> bool:
        """Whether it plainly speaks of every resource, principal and context."""
        return "*" in self.resources and not self.not_resource and not self.conditions

    @property
    def asks_for_time(self) -> bool:
        """Whether what it says of a request may hang on when it is sent: by a key or a variable."""
        return any(one.key.endswith("time") for one in self.conditions) or any(
            "${" in text and "time" in text.lower() for text in self.texts()
        )

    @property
    def size(self) -> int:
        """How many texts its resources and conditions hold."""
        return len(self.resources) + sum(len(one.values) for one in self.conditions)

    @property
    def length(self) -> int:
        """How many characters these texts have."""
        values = chain.from_iterable([one.values for one in self.conditions])
        return len("".join(chain(self.resources, values)))
