"""Judging what somebody sends, within a time, and storing nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence

from accounts.snapshot import OrganizationSnapshot
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import Judged, assess


class TookTooLong(Exception):
    """Its text is the sentence for a person."""


def assess_within(
    seconds: float,
    snapshot: OrganizationSnapshot,
    parameters: Parameters,
    guardrail_ids: Sequence[str] | None = None,
) -> list[Judged]:
    """As `assess`; raises `TookTooLong` at the first path that would begin after that time."""
    end = time.monotonic() + seconds

    def check_time() -> None:
        if time.monotonic() > end:
            raise TookTooLong(
                f"Judging took longer than {seconds:g} seconds; send fewer accounts at once, or "
                "use `./portal assess`, which takes its time."
            )

    return assess(snapshot, catalogue.guardrails(parameters, guardrail_ids), check_time)
