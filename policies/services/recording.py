"""Judging a snapshot and storing both, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import Crawl, Organization
from accounts.services import finish_crawl, store_organization
from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import digest as snapshot_digest
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import ENGINE_VERSION, Judged, assess
from policies.catalogue.parameters import parameters_to_json
from policies.models import Assessment
from policies.services.storing_policies import store_policies
from policies.services.storing_postures import store_postures
from policies.totals import totals


def record(
    crawl: Crawl, snapshot: OrganizationSnapshot, parameters: Parameters | None = None
) -> Assessment:
    """Store the snapshot with its verdicts and end the crawl; the former posture gives way.

    Readers see the former posture or the new one, never a mixture: everything is judged
    before the first row is written, and everything is written in one transaction.
    """
    parameters = parameters or Parameters()
    judged = assess(snapshot, catalogue.guardrails(parameters))
    with transaction.atomic():
        organization = store_organization(snapshot)
        store_policies(organization, snapshot)
        store_postures(organization, judged)
        assessment = _assessment(crawl, organization, snapshot, judged, parameters)
        finish_crawl(crawl, organization)
    return assessment


def _assessment(
    crawl: Crawl,
    organization: Organization,
    snapshot: OrganizationSnapshot,
    judged: Sequence[Judged],
    parameters: Parameters,
) -> Assessment:
    return Assessment.objects.create(
        organization=organization,
        crawl=crawl,
        taken_at=snapshot.taken_at,
        snapshot_digest=snapshot_digest(snapshot),
        catalogue_digest=catalogue.digest(),
        engine_version=ENGINE_VERSION,
        parameters=parameters_to_json(parameters),
        totals=totals(snapshot, judged),
    )
