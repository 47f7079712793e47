"""Everything that is known of one account."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.models import AccountVersion, Assessment, PolicyVersion, Verdict
from policies.selectors.account_path import PathLevel, account_path
from policies.selectors.simulation import with_command
from policies.selectors.verdict_cards import VerdictCard, verdict_cards, with_texts


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """`levels` from the root down to the account; `verdicts` in the catalogue's order."""

    account: AccountVersion
    is_management: bool
    levels: tuple[PathLevel, ...]
    verdicts: tuple[VerdictCard, ...]


def account_detail(assessment: Assessment, account_id: str) -> AccountDetail:
    """As of an assessment, the newest or a former one.

    With the texts of the SCPs that decide, and commands that ask AWS. Six queries at most,
    however long the path. Raises `AccountVersion.DoesNotExist`.
    """
    versions = AccountVersion.objects.at(assessment).select_related("unit")
    account = versions.get(aws_id=account_id)
    levels = account_path(assessment, account)
    names = {level.id: level.name for level in levels}
    names |= {policy.id: policy.name for level in levels for policy in level.policies}
    cards = verdict_cards(account, Verdict.objects.filter(posture=account.posture_id), names)
    deciding = {line.policy_id for card in cards for line in card.evidence}
    contents = (
        PolicyVersion.objects.at(assessment)
        .filter(aws_id__in=deciding, content__isnull=False)
        .values_list("aws_id", "content")
    )
    texts = {aws_id: content or "" for aws_id, content in contents}
    scps = sorted({policy.id for level in levels for policy in level.policies})
    return AccountDetail(
        account=account,
        is_management=account.aws_id == assessment.management_account_id,
        levels=tuple(_with_what_decides(level, cards) for level in levels),
        verdicts=tuple(with_command(with_texts(card, texts), scps) for card in cards),
    )


def _with_what_decides(level: PathLevel, cards: Sequence[VerdictCard]) -> PathLevel:
    decides = {
        policy.id: tuple(
            card.guardrail
            for card in cards
            if any(
                line.policy_id == policy.id and line.target_id == level.id for line in card.evidence
            )
        )
        for policy in level.policies
    }
    return replace(
        level,
        policies=tuple(replace(one, decides=decides[one.id]) for one in level.policies),
    )
