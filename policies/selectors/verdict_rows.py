"""What each account has of each guardrail, as of an assessment: for the API and the exports."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, F, FilteredRelation, OuterRef, QuerySet

from policies.models import AccountVersion, Assessment, Verdict, VerdictChange
from policies.selectors.placeholders import for_account

# What only the details of a verdict say, which weigh more than all the rest.
DETAIL: Final = frozenset({"open_actions", "closed_actions", "witnesses", "evidence", "notes"})


def verdict_rows(assessment: Assessment, *, with_detail: bool) -> QuerySet[AccountVersion]:
    """Accounts, each with `guardrail`, `status`, `reason` (and `detail`) of one of its verdicts.

    Reasons and details hold a mark for the account's id: `verdict_row` fills it in.
    """
    rows = (
        AccountVersion.objects.at(assessment)
        # Says no more, and lets PostgreSQL walk the units in the order of their paths.
        .filter(unit__organization=assessment.organization_id)
        .select_related("unit")
        .annotate(verdict=FilteredRelation("posture__verdicts"))
        .filter(verdict__isnull=False)
        .annotate(
            guardrail=F("verdict__guardrail"),
            status=F("verdict__status"),
            reason=F("verdict__reason"),
        )
    )
    return rows.annotate(detail=F("verdict__detail")) if with_detail else rows


def statuses_of(accounts: Iterable[AccountVersion]) -> Mapping[int, Mapping[str, str]]:
    """Statuses by guardrail, for each posture of the accounts by its key; one query."""
    found: dict[int, dict[str, str]] = {}
    rows = Verdict.objects.filter(posture__in={account.posture_id for account in accounts})
    for posture, guardrail, status in rows.values_list("posture_id", "guardrail", "status"):
        found.setdefault(posture, {})[guardrail] = status
    return found


def changed_since(
    rows: QuerySet[AccountVersion], assessment: Assessment, moment: datetime
) -> QuerySet[AccountVersion]:
    """Those of `verdict_rows` that became another verdict between then and the assessment."""
    changes = VerdictChange.objects.filter(
        assessment__organization=assessment.organization_id,
        assessment__since__gte=moment,
        assessment__lte=assessment.pk,
        account__aws_id=OuterRef("aws_id"),
        guardrail=OuterRef("guardrail"),
    )
    return rows.filter(Exists(changes))


def verdict_row(row: Any) -> Mapping[str, Any]:
    """A row of `verdict_rows` as the API and the exports write it."""
    found = {
        "account_id": row.aws_id,
        "account_name": row.name,
        "account_email": row.email,
        "account_state": row.state,
        "unit_id": row.unit.aws_id,
        "unit_path": row.unit.display_path,
        "guardrail": row.guardrail,
        "status": row.status,
        "reason": for_account(row.reason, row.aws_id),
    }
    detail = getattr(row, "detail", None)
    return found if detail is None else found | for_account(detail, row.aws_id)
