from policies.models.assessment import Assessment
from policies.models.attachment import Attachment
from policies.models.policy import Policy
from policies.models.posture import AccountPosture, Posture, Verdict

__all__ = ["AccountPosture", "Assessment", "Attachment", "Policy", "Posture", "Verdict"]
