"""Judging a snapshot and storing both, all or nothing, with what changed since the last."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Crawl, Organization
from accounts.services import finish_crawl, store_organization
from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import digest as snapshot_digest
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import ENGINE_VERSION, assess, hangs_on_time
from policies.catalogue.parameters import parameters_to_json
from policies.models import Assessment
from policies.selectors.parameters import parameters_of
from policies.selectors.snapshots import snapshot_at
from policies.selectors.standing import newest_assessment
from policies.services.storing_changes import store_changes
from policies.services.storing_postures import store_postures
from policies.services.storing_versions import store_versions
from policies.totals import totals


def record(
    crawl: Crawl, snapshot: OrganizationSnapshot, parameters: Parameters | None = None
) -> Assessment:
    """Store the snapshot with its verdicts and end the crawl; the former posture is history.

    `parameters` are the organization's own unless given. Readers see the former posture or
    the new one, never a mixture: everything is judged before the first row is written, and
    everything is written in one transaction.

    Where the rules have changed since the last assessment, that one's snapshot is judged by
    the new rules first, so that what they change never looks as if AWS had changed.
    """
    organization = Organization.objects.filter(aws_id=snapshot.organization.id).first()
    previous = newest_assessment(organization)
    parameters = parameters or parameters_of(organization)
    if previous and previous.kept and not _follows(previous, _rules(parameters)):
        previous = reassess(previous, parameters, since=snapshot.taken_at)
    digest = snapshot_digest(snapshot)
    unchanged = previous and previous.kept and previous.snapshot_digest == digest
    if previous and unchanged and not hangs_on_time(snapshot):
        return _record_unchanged(crawl, snapshot, previous)
    judged = assess(snapshot, catalogue.guardrails(parameters))
    with transaction.atomic():
        organization = store_organization(snapshot)
        postures = store_postures(organization, judged)
        assessment = Assessment.objects.create(
            organization=organization,
            crawl=crawl,
            taken_at=snapshot.taken_at,
            since=snapshot.taken_at,
            snapshot_digest=digest,
            totals=totals(snapshot, judged),
            management_account_id=organization.management_account_id,
            feature_set=organization.feature_set,
            scp_status=organization.scp_status,
            **_rules(parameters),
        )
        store_versions(assessment, snapshot, judged, postures)
        store_changes(previous, assessment)
        finish_crawl(crawl, organization)
    return assessment


def reassess(
    previous: Assessment, parameters: Parameters, since: datetime | None = None
) -> Assessment:
    """Judge the newest assessment's snapshot by the rules of now, as of `since` (now).

    Gives `previous` where it followed the same rules. Whoever calls holds the lock of the
    one crawl.
    """
    if _follows(previous, _rules(parameters)):
        return previous
    snapshot = snapshot_at(previous)
    judged = assess(snapshot, catalogue.guardrails(parameters))
    with transaction.atomic():
        postures = store_postures(previous.organization, judged)
        assessment = _after(
            previous,
            since=since or timezone.now(),
            totals=totals(snapshot, judged),
            **_rules(parameters),
        )
        store_versions(assessment, snapshot, judged, postures)
        store_changes(previous, assessment)
    return assessment


def _record_unchanged(
    crawl: Crawl, snapshot: OrganizationSnapshot, previous: Assessment
) -> Assessment:
    """A line that says: at this time it was still so."""
    with transaction.atomic():
        organization = previous.organization
        organization.taken_at = snapshot.taken_at
        organization.save(update_fields=["taken_at"])
        assessment = _after(
            previous, crawl=crawl, taken_at=snapshot.taken_at, since=snapshot.taken_at
        )
        finish_crawl(crawl, organization)
    return assessment


def _after(previous: Assessment, **changed: Any) -> Assessment:
    """An assessment like the previous one but for its crawl and what is `changed`."""
    kept = {
        field.name: getattr(previous, field.name)
        for field in Assessment._meta.concrete_fields
        if field.name not in ("id", "crawl")
    }
    return Assessment.objects.create(**(kept | changed))


def _rules(parameters: Parameters) -> dict[str, Any]:
    return {
        "catalogue_digest": catalogue.digest(),
        "engine_version": ENGINE_VERSION,
        "parameters": parameters_to_json(parameters),
    }


def _follows(assessment: Assessment, rules: dict[str, Any]) -> bool:
    return all(getattr(assessment, name) == rule for name, rule in rules.items())
