"""A report of one assessment, and of what changed since another."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.snapshot import AccountState, OrganizationSnapshot
from accounts.snapshot_codec import as_json
from policies.analysis.guardrail import Parameters
from policies.analysis.verdict import Status
from policies.catalogue.parameters import parameters_to_json
from policies.models import AccountVersion, Assessment, UnitVersion, Verdict
from policies.reports.content import (
    AccountLine,
    Exposed,
    Gap,
    Judged,
    Judgement,
    PostureReport,
)
from policies.reports.measuring import measures
from policies.reports.moves import moves
from policies.selectors.exposure import Exposure, exposure
from policies.selectors.headings import Heading
from policies.selectors.report_scope import Period, Scope
from policies.selectors.scps_off import scps_off
from policies.selectors.snapshots import snapshot_at


def build(
    period: Period,
    scope: Scope | None = None,
    *,
    title: str = "Posture report",
    time_zone: str = "UTC",
    address: str = "",
) -> PostureReport:
    """A fixed number of queries, whatever the size. Raises `UnitGone`."""
    scope = scope or Scope()
    assessment, before = period.assessment, period.before
    unit = scope.unit_at(assessment)
    accounts, postures = _judged_accounts(assessment, unit, scope)
    snapshot = snapshot_at(assessment)
    exposures = _exposures(assessment, accounts, postures)
    return PostureReport(
        title=title,
        organization_id=assessment.organization.aws_id,
        management_account_id=assessment.management_account_id,
        unit_id=scope.unit_id,
        unit=unit.display_path if scope.unit_id else "",
        time_zone=time_zone,
        made_at=timezone.now(),
        starts_at=before.since if before else None,
        taken_at=assessment.taken_at,
        address=address,
        measures=measures(period, unit, scope.headings, accounts, postures),
        moves=moves(period, unit, scope.headings),
        gaps=_gaps(accounts, postures, scope.headings, exposures),
        judged=_how(assessment, snapshot),
        accounts=accounts,
        postures=postures,
        snapshot=as_json(snapshot),
        warning=_warning(assessment),
    )


def _judged_accounts(
    assessment: Assessment, unit: UnitVersion, scope: Scope
) -> tuple[tuple[AccountLine, ...], tuple[tuple[Judgement, ...], ...]]:
    found = (
        AccountVersion.objects.at(assessment)
        .filter(unit__path__startswith=unit.path)
        .order_by("unit__display_path", "name", "aws_id")
        .values_list("aws_id", "name", "email", "state", "unit__display_path", "posture")
    )
    places: dict[int, int] = {}
    accounts = tuple(
        AccountLine(
            id=id,
            name=name,
            email=email,
            state=state,
            unit=unit_path,
            counted=state == AccountState.ACTIVE and id != assessment.management_account_id,
            posture=places.setdefault(posture, len(places)),
        )
        for id, name, email, state, unit_path, posture in found
    )
    return accounts, _postures(tuple(places), scope.headings)


def _postures(keys: Sequence[int], columns: Sequence[Heading]) -> tuple[tuple[Judgement, ...], ...]:
    """The judgements of each posture, in the order of the keys and of the columns."""
    found: dict[int, dict[str, Judgement]] = {key: {} for key in keys}
    verdicts = Verdict.objects.filter(posture__in=keys).values_list(
        "posture", "guardrail", "status", "reason", "detail__open_actions"
    )
    for posture, guardrail, status, reason, open_actions in verdicts:
        found[posture][guardrail] = Judgement(
            guardrail, Status(status), reason, tuple(open_actions)
        )
    return tuple(
        tuple(of_posture[one.id] for one in columns if one.id in of_posture)
        for of_posture in found.values()
    )


def _exposures(
    assessment: Assessment,
    accounts: Sequence[AccountLine],
    postures: Sequence[Sequence[Judgement]],
) -> Mapping[tuple[str, str], Exposure]:
    """By account and guardrail; only of what is lacking and counted."""
    lacking = [any(one.status.lacking for one in posture) for posture in postures]
    ids = [account.id for account in accounts if account.counted and lacking[account.posture]]
    # Right after it began to hold.
    return exposure(assessment.organization, ids, assessment.since + timedelta(microseconds=1))


def _gaps(
    accounts: Sequence[AccountLine],
    postures: Sequence[Sequence[Judgement]],
    columns: Sequence[Heading],
    exposures: Mapping[tuple[str, str], Exposure],
) -> tuple[Gap, ...]:
    """By guardrail; longest exposed first, then where most accounts are."""
    groups: dict[tuple[str, str, Status, str], list[Exposed]] = defaultdict(list)
    for account in accounts:
        for judgement in postures[account.posture] if account.counted else ():
            if judgement.status.lacking:
                key = (judgement.guardrail, account.unit, judgement.status, judgement.reason)
                known = exposures.get((account.id, judgement.guardrail))
                groups[key].append(
                    Exposed(
                        account.id,
                        account.name,
                        known.lacking_since if known else None,
                        at_least=known is not None and known.from_the_beginning,
                    )
                )
    by_id = {one.id: one for one in columns}
    gaps = [
        Gap(by_id[guardrail], unit, status, reason, tuple(sorted(exposed, key=_longest_first)))
        for (guardrail, unit, status, reason), exposed in groups.items()
    ]
    return tuple(
        sorted(
            gaps,
            key=lambda gap: (
                gap.guardrail.number,
                _longest_first(gap.accounts[0])[:2],
                -len(gap.accounts),
                gap.unit,
            ),
        )
    )


def _longest_first(account: Exposed) -> tuple[bool, float, str]:
    since = account.since
    return since is None, since.timestamp() if since else 0.0, account.name


def _how(assessment: Assessment, snapshot: OrganizationSnapshot) -> Judged:
    return Judged(
        engine_version=assessment.engine_version,
        catalogue_digest=assessment.catalogue_digest,
        snapshot_digest=assessment.snapshot_digest,
        policy_digests={
            policy.id: hashlib.sha256(policy.content.encode()).hexdigest()
            for policy in snapshot.policies
            if policy.content is not None
        },
        parameters=_in_order(assessment.parameters),
    )


def _in_order(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """In the catalogue's order, which the database does not keep."""
    known = [name for name in parameters_to_json(Parameters()) if name in parameters]
    return {name: parameters[name] for name in known} | dict(parameters)


def _warning(assessment: Assessment) -> str:
    off = scps_off(assessment)
    return f"No SCP has any effect in this organization: {off.why}. {off.remedy}" if off else ""
