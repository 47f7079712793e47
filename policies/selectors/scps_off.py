"""Why no SCP has any effect in an organization, and what to do about it."""

from dataclasses import dataclass
from typing import Final

from accounts.snapshot import PolicyTypeStatus
from policies.models import Assessment

_THEN: Final = "attach SCPs, and crawl again"
# Source: AWS Organizations User Guide, "Enabling all features" and "Enabling a policy type".
_ALL_FEATURES: Final = (
    "Enable all features in AWS Organizations (under Settings; invited accounts have to agree), "
    f"then service control policies (under Policies), {_THEN}."
)
_ENABLE: Final = f"Enable service control policies in AWS Organizations (under Policies), {_THEN}."
_PENDING: Final = f"AWS is enabling it, which takes some minutes: {_THEN}."


@dataclass(frozen=True, slots=True)
class ScpsOff:
    """`why` is a clause, `remedy` a sentence for who may change it."""

    why: str
    remedy: str


def scps_off(assessment: Assessment) -> ScpsOff | None:
    """None where SCPs are in force. The rule is that of `OrganizationSnapshot.scps_in_force`."""
    if assessment.feature_set != "ALL":
        return ScpsOff(f"its feature set is {assessment.feature_set}, not ALL", _ALL_FEATURES)
    status = assessment.scp_status
    if status == PolicyTypeStatus.ENABLED:
        return None
    why = f"the policy type SERVICE_CONTROL_POLICY is {status} in the root"
    return ScpsOff(why, _PENDING if status == PolicyTypeStatus.PENDING_ENABLE else _ENABLE)
