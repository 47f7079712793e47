"""The path from the root to an account: the levels at which SCPs are attached."""

from __future__ import annotations

from dataclasses import dataclass

from policies.analysis.statement import Statement


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An attached policy that could not be read, and why, in one located sentence."""

    policy_id: str
    problem: str


@dataclass(frozen=True, slots=True)
class Level:
    """What is attached at one target of the path: the root, an OU or the account.

    A request gets through iff at every level some statement allows it and at no level a
    statement denies it. Source: AWS Organizations User Guide, "SCP evaluation".
    """

    target_id: str
    statements: tuple[Statement, ...]
    unreadable: tuple[Unreadable, ...] = ()


# From the root down to the account; never empty.
Levels = tuple[Level, ...]
