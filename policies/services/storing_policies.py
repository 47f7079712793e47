"""The SCPs of an organization and where they are attached, brought up to a snapshot."""

from __future__ import annotations

from accounts.models import Account, Organization, Unit
from accounts.snapshot import OrganizationSnapshot
from policies.models import Attachment, Policy

# Keys of the rows that an attachment joins: policy, unit, account; one of the last is None.
_Key = tuple[int, int | None, int | None]


def store_policies(organization: Organization, snapshot: OrganizationSnapshot) -> None:
    """Write what differs from the rows; to be called after `store_organization`.

    Needs a transaction around it.
    """
    _store_texts(organization, snapshot)
    _store_attachments(organization, snapshot)


def _store_texts(organization: Organization, snapshot: OrganizationSnapshot) -> None:
    fields = ("name", "type", "aws_managed", "content")
    wanted = {
        policy.id: Policy(
            organization=organization,
            aws_id=policy.id,
            **{field: getattr(policy, field) for field in fields},
        )
        for policy in snapshot.policies
    }
    stored = {policy.aws_id: policy for policy in organization.policies.all()}
    organization.policies.filter(aws_id__in=stored.keys() - wanted.keys()).delete()
    Policy.objects.bulk_create(
        [
            policy
            for aws_id, policy in wanted.items()
            if aws_id not in stored
            or any(getattr(policy, field) != getattr(stored[aws_id], field) for field in fields)
        ],
        update_conflicts=True,
        unique_fields=["organization", "aws_id"],
        update_fields=fields,
    )


def _store_attachments(organization: Organization, snapshot: OrganizationSnapshot) -> None:
    policies = dict(organization.policies.values_list("aws_id", "pk"))
    units = dict(Unit.objects.filter(organization=organization).values_list("aws_id", "pk"))
    accounts = dict(Account.objects.filter(organization=organization).values_list("aws_id", "pk"))
    wanted: set[_Key] = {
        (policies[one.policy_id], units.get(one.target_id), accounts.get(one.target_id))
        for one in snapshot.attachments
    }
    stored: dict[_Key, int] = {
        (policy, unit, account): pk
        for pk, policy, unit, account in Attachment.objects.filter(
            policy__organization=organization
        ).values_list("pk", "policy", "unit", "account")
    }
    gone = [pk for key, pk in stored.items() if key not in wanted]
    Attachment.objects.filter(pk__in=gone).delete()
    Attachment.objects.bulk_create(
        Attachment(policy_id=policy, unit_id=unit, account_id=account)
        for policy, unit, account in sorted(wanted - stored.keys(), key=str)
    )
