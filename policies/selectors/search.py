"""One search over everything that has a name: accounts, units, SCPs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length

from policies.models import AccountVersion, Assessment, PolicyVersion, UnitVersion
from policies.selectors.account_filters import says


@dataclass(frozen=True, slots=True)
class Found:
    """The first few of each kind; `text` is what was asked for, without blanks around it."""

    text: str
    accounts: Sequence[AccountVersion] = ()
    units: Sequence[UnitVersion] = ()
    policies: Sequence[PolicyVersion] = ()

    @property
    def nothing(self) -> bool:
        return not (self.accounts or self.units or self.policies)


def search(assessment: Assessment, text: str, most: int) -> Found:
    """At most so many of each kind, short names first; three queries, none for an empty text."""
    wanted = text.replace("\0", "").strip()
    if not wanted:
        return Found("")
    named = Q(name__icontains=wanted) | Q(aws_id__icontains=wanted)

    order = (Length("name"), "name", "aws_id")
    accounts = AccountVersion.objects.at(assessment).filter(says(wanted))
    units = UnitVersion.objects.at(assessment).filter(named)
    policies = PolicyVersion.objects.at(assessment).filter(named).defer("content")
    return Found(
        wanted,
        accounts=list(accounts.order_by(*order)[:most]),
        units=list(units.order_by(*order)[:most]),
        policies=list(policies.order_by(*order)[:most]),
    )
