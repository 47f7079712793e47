"""The organization as it was, put together again from its versions."""

from accounts.snapshot import (
    Account,
    AccountState,
    Attachment,
    Organization,
    OrganizationSnapshot,
    Policy,
    PolicyTypeStatus,
    Unit,
)
from accounts.snapshot_codec import build
from policies.models import (
    AccountVersion,
    Assessment,
    AttachmentVersion,
    PolicyVersion,
    UnitVersion,
)


def snapshot_at(assessment: Assessment) -> OrganizationSnapshot:
    """The snapshot that was judged: its digest is the assessment's; four queries.

    To be asked of an assessment that is `kept`.
    """
    organization = assessment.organization
    return build(
        taken_at=assessment.taken_at,
        organization=Organization(
            id=organization.aws_id,
            partition=organization.partition,
            management_account_id=assessment.management_account_id,
            feature_set=assessment.feature_set,
        ),
        scp_status=PolicyTypeStatus(assessment.scp_status),
        units=[
            Unit(id, name, parent or None)
            for id, name, parent in UnitVersion.objects.at(assessment).values_list(
                "aws_id", "name", "parent_aws_id"
            )
        ],
        accounts=[
            Account(id, name, email, AccountState(state), parent)
            for id, name, email, state, parent in AccountVersion.objects.at(assessment).values_list(
                "aws_id", "name", "email", "state", "unit__aws_id"
            )
        ],
        policies=[
            Policy(*policy)
            for policy in PolicyVersion.objects.at(assessment).values_list(
                "aws_id", "name", "type", "aws_managed", "content"
            )
        ],
        attachments=[
            Attachment(*attachment)
            for attachment in AttachmentVersion.objects.at(assessment).values_list(
                "policy_aws_id", "target_aws_id"
            )
        ],
    )
