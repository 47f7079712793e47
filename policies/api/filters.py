"""Filters that several lists share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django_filters.rest_framework import FilterSet

from accounts.api.filters import TextFilter, WordsFilter
from accounts.snapshot import AccountState
from policies import catalogue
from policies.analysis.verdict import Status
from policies.models import AccountVersion
from policies.selectors.account_filters import says
from policies.selectors.headings import LACKING, LACKING_WORD

if TYPE_CHECKING:
    from policies.api.posture import PostureView

UNIT_ID: Final[dict[str, str]] = {
    "type": "string",
    "pattern": "^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$",
}
ACCOUNT_ID: Final[dict[str, str]] = {"type": "string", "pattern": "^[0-9]{12}$"}


class UnitIdFilter(TextFilter):
    schema = UNIT_ID


class AccountIdFilter(TextFilter):
    schema = ACCOUNT_ID


def guardrails_filter(**more: Any) -> WordsFilter:
    return WordsFilter(catalogue.GUARDRAIL_IDS, "Ids of guardrails.", **more)


def status_filter(**more: Any) -> WordsFilter:
    words = [*(one.value for one in Status), LACKING_WORD]
    help_text = f"`{LACKING_WORD}` stands for {', '.join(f'`{one.value}`' for one in LACKING)}."
    return WordsFilter(words, help_text, **more)


def view_of(filters: FilterSet) -> PostureView:
    """The view that the filters narrow, which knows the posture."""
    view: PostureView = filters.request.parser_context["view"]
    return view


class PlaceFilter(FilterSet):
    """Accounts by where they are, what they are and what they are called."""

    unit = UnitIdFilter(method="below", help_text="Anywhere below this root or OU.")
    state = WordsFilter([one.value for one in AccountState], "AWS's state of the account.")
    q = TextFilter(method="called", help_text="Part of an account's id, name or e-mail address.")

    def below(
        self, rows: QuerySet[AccountVersion], _name: str, unit_id: str
    ) -> QuerySet[AccountVersion]:
        return rows.filter(unit__path__startswith=view_of(self).unit(unit_id).path)

    def called(
        self, rows: QuerySet[AccountVersion], _name: str, text: str
    ) -> QuerySet[AccountVersion]:
        return rows.filter(says(text))
