"""What other parameters would change, page by page."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.core.paginator import Page, Paginator

from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import ENGINE_VERSION
from policies.catalogue.parameters import parameters_to_json
from policies.models import AccountVersion, Assessment
from policies.services.parameters import WouldChange, preview_parameters

PAGE_SIZE: Final = 50
# Somebody turns pages, then saves.
_KEPT_SECONDS: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Preview:
    """`changes` are all, in the catalogue's order; `rows` those of the page, an account each."""

    changes: Sequence[WouldChange]
    page: Page[tuple[WouldChange, str]]
    rows: Sequence[tuple[AccountVersion, WouldChange]]


def preview(assessment: Assessment, parameters: Parameters, page: str = "1") -> Preview:
    """A page of what `parameters` would change; nothing is stored but the preview for a while.

    The first page judges the whole organization (see `preview_parameters`), the others do not.
    """
    key = _key(assessment, parameters)
    found: Sequence[WouldChange] | None = cache.get(key)
    if found is None:
        found = preview_parameters(assessment, parameters)
        cache.set(key, found, _KEPT_SECONDS)
    pages = Paginator([(one, id) for one in found for id in one.account_ids], PAGE_SIZE)
    shown = pages.get_page(page)
    versions = AccountVersion.objects.at(assessment).filter(aws_id__in={id for _, id in shown})
    accounts = {one.aws_id: one for one in versions.select_related("unit")}
    return Preview(found, shown, [(accounts[id], one) for one, id in shown])


def _key(assessment: Assessment, parameters: Parameters) -> str:
    """Of the rules too: an update of the portal in between would change other verdicts."""
    rules = [parameters_to_json(parameters), ENGINE_VERSION, catalogue.digest()]
    digest = hashlib.sha256(json.dumps(rules).encode()).hexdigest()
    return f"parameters-preview-{assessment.pk}-{digest}"
