"""An organization's guardrail parameters: trying values out, and setting them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts import auditing
from accounts.models import Organization
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import assess
from policies.analysis.verdict import Status
from policies.catalogue.parameters import parameters_to_json
from policies.models import AccountVersion, Assessment, ParametersChange, Verdict
from policies.selectors.headings import Heading, headings
from policies.selectors.parameters import parameters_of
from policies.selectors.snapshots import snapshot_at


@dataclass(frozen=True, slots=True)
class WouldChange:
    """Accounts whose verdict for a guardrail would be another; `account_ids` in order."""

    guardrail: Heading
    before: Status
    after: Status
    account_ids: tuple[str, ...]


def change_parameters(
    organization: Organization, parameters: Parameters, actor: auditing.Actor
) -> bool:
    """Set them, and say in the audit log who did; False where they are set already.

    Verdicts follow with `crawling.reassess_organization`, which the edges ask the worker for.
    """
    before, after = parameters_to_json(parameters_of(organization)), parameters_to_json(parameters)
    if before == after:
        return False
    with transaction.atomic():
        ParametersChange.objects.create(organization=organization, parameters=after)
        kind = auditing.Kind.PARAMETERS
        auditing.record(actor, kind, "changed", organization, before=before, after=after)
    return True


def preview_parameters(assessment: Assessment, parameters: Parameters) -> Sequence[WouldChange]:
    """Which statuses other parameters would change; nothing is stored.

    Judges the whole snapshot of the assessment: seconds for 50,000 accounts. In the
    catalogue's order, then by status.
    """
    stored = {
        (posture, guardrail): Status(status)
        for posture, guardrail, status in Verdict.objects.filter(
            posture__organization=assessment.organization_id
        ).values_list("posture", "guardrail", "status")
    }
    postures = dict(AccountVersion.objects.at(assessment).values_list("aws_id", "posture"))
    found: dict[tuple[str, Status, Status], list[str]] = {}
    for one in assess(snapshot_at(assessment), catalogue.guardrails(parameters)):
        for account_id in one.account_ids:
            for verdict in one.verdicts:
                before = stored[postures[account_id], verdict.guardrail]
                if before is not verdict.status:
                    key = (verdict.guardrail, before, verdict.status)
                    found.setdefault(key, []).append(account_id)
    return [
        WouldChange(heading, before, after, tuple(sorted(ids)))
        for heading in headings()
        for (guardrail, before, after), ids in sorted(found.items())
        if guardrail == heading.id
    ]
