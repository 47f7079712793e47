"""Everything that the page of one account says."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Account, Organization
from policies.models import Verdict
from policies.selectors.account_path import PathLevel, account_path
from policies.selectors.verdict_cards import VerdictCard, verdict_cards


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """`levels` from the root down to the account; `verdicts` in the catalogue's order."""

    account: Account
    is_management: bool
    levels: tuple[PathLevel, ...]
    verdicts: tuple[VerdictCard, ...]


def account_detail(organization: Organization, account_id: str) -> AccountDetail:
    """Four queries, however long the path. Raises `Account.DoesNotExist`."""
    account = Account.objects.select_related("unit", "posture").get(
        organization=organization, aws_id=account_id, posture__isnull=False
    )
    levels = account_path(account)
    names = {level.id: level.name for level in levels}
    names |= {policy.id: policy.name for level in levels for policy in level.policies}
    verdicts = Verdict.objects.filter(posture=account.posture.posture_id)
    return AccountDetail(
        account=account,
        is_management=account.aws_id == organization.management_account_id,
        levels=levels,
        verdicts=verdict_cards(account, verdicts, names),
    )
