"""Judging what somebody sends, within a time, and storing nothing."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from accounts.snapshot import OrganizationSnapshot
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import Judged, assess

# What AWS lets hang on one target is ten SCPs of 10,240 characters; twice that is judged, which
# takes seconds. Without a limit one path alone could take minutes, which no check of time ends.
# Source: AWS Organizations User Guide, "Quotas and service limits".
MOST_CHARACTERS: Final = 2 * 10 * 10_240


class TooMuch(Exception):
    """That judging takes too long, or would; its text is the sentence for a person."""


def assess_within(
    seconds: float,
    snapshot: OrganizationSnapshot,
    parameters: Parameters,
    guardrail_ids: Sequence[str] | None = None,
) -> list[Judged]:
    """As `assess`; raises `TooMuch` at the first path that would begin after that time, and for
    SCPs on one target that AWS would never hold.
    """
    _check_size(snapshot)
    end = time.monotonic() + seconds

    def check_time() -> None:
        if time.monotonic() > end:
            raise TooMuch(
                f"Judging took longer than {seconds:g} seconds; send fewer accounts at once, or "
                "use `./portal assess`, which takes its time."
            )

    return assess(snapshot, catalogue.guardrails(parameters, guardrail_ids), check_time)


def _check_size(snapshot: OrganizationSnapshot) -> None:
    lengths = {policy.id: len(policy.content or "") for policy in snapshot.policies}
    on_target: Counter[str] = Counter()
    for one in snapshot.attachments:
        on_target[one.target_id] += lengths.get(one.policy_id, 0)
    for target_id, characters in on_target.most_common(1):
        if characters > MOST_CHARACTERS:
            raise TooMuch(
                f"The SCPs of {target_id} have {characters:,} characters together; AWS lets no "
                f"target have more than {MOST_CHARACTERS // 2:,}."
            )
