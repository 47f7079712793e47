from policies.models.any_of import AnyOf
from policies.models.assessment import Assessment
from policies.models.change import Cause, ChangeTotal, VerdictChange
from policies.models.parameters import ParametersChange
from policies.models.posture import Posture, Verdict
from policies.models.report import Delivery, Report
from policies.models.report_schedule import ReportRecipient, ReportSchedule
from policies.models.unit_posture import UnitPosture
from policies.models.unit_total import UnitTotal
from policies.models.version import (
    AccountVersion,
    AttachmentVersion,
    PolicyVersion,
    UnitVersion,
)

__all__ = [
    "AccountVersion",
    "AnyOf",
    "Assessment",
    "AttachmentVersion",
    "Cause",
    "ChangeTotal",
    "Delivery",
    "ParametersChange",
    "PolicyVersion",
    "Posture",
    "Report",
    "ReportRecipient",
    "ReportSchedule",
    "UnitPosture",
    "UnitTotal",
    "UnitVersion",
    "Verdict",
    "VerdictChange",
]
