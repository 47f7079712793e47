"""The SCPs of an organization: what each says, and what is wrong with it at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.db.models.functions import Lower

from policies import catalogue
from policies.analysis.contribution import Contribution, contribution
from policies.analysis.document import MAX_CHARACTERS, DocumentError, parse
from policies.analysis.statement import Statement
from policies.analysis.verdict import Effect
from policies.models import Assessment, AttachmentVersion, PolicyVersion
from policies.selectors.headings import Heading, headings

PAGE_SIZE: Final = 50
# From here on an SCP is near the quota of its size. Source: AWS Organizations User Guide,
# "Quotas for AWS Organizations".
_NEAR_FULL: Final = 0.9


@dataclass(frozen=True, slots=True)
class StatementRow:
    """`index` counts from 0, as everywhere."""

    statement: Statement
    index: int
    contributions: tuple[tuple[Heading, Contribution], ...]

    @property
    def in_vain(self) -> bool:
        """Whether it names actions of guardrails and reaches none of them."""
        return bool(self.contributions) and not any(one.actions for _, one in self.contributions)


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy's statements, or why it can't be read; and sentences on what is odd in it."""

    statements: tuple[StatementRow, ...]
    problem: str
    warnings: tuple[str, ...]

    @property
    def guardrails(self) -> tuple[Heading, ...]:
        """Those for which a Deny of it does something."""
        found = {
            heading.id
            for row in self.statements
            for heading, one in row.contributions
            if one.effect is Effect.DENY and one.actions
        }
        return tuple(one for one in headings() if one.id in found)


@dataclass(frozen=True, slots=True)
class ScpRow:
    policy: PolicyVersion
    targets: int
    reading: Reading

    @property
    def warnings(self) -> tuple[str, ...]:
        nowhere = () if self.targets else ("Attached nowhere: it has no effect.",)
        return (*nowhere, *self.reading.warnings)

    @property
    def characters(self) -> int | None:
        """None for one that was not read."""
        return None if self.policy.content is None else len(self.policy.content)


def scps(assessment: Assessment, text: str = "", page: str = "1") -> Page[PolicyVersion]:
    """Those of which name or id contain the text, by name, fifty a page; two queries."""
    found = PolicyVersion.objects.at(assessment)
    wanted = text.replace("\0", "").strip()
    if wanted:
        found = found.filter(Q(name__icontains=wanted) | Q(aws_id__icontains=wanted))
    return Paginator(found.order_by(Lower("name"), "aws_id"), PAGE_SIZE).get_page(page)


def scp_rows(assessment: Assessment, policies: Sequence[PolicyVersion]) -> list[ScpRow]:
    """One query."""
    targets = dict(
        AttachmentVersion.objects.at(assessment)
        .filter(policy_aws_id__in=[one.aws_id for one in policies])
        .values_list("policy_aws_id")
        .annotate(Count("pk"))
    )
    return [
        ScpRow(one, targets.get(one.aws_id, 0), reading(one.aws_id, one.content))
        for one in policies
    ]


@lru_cache(maxsize=2_000)
def reading(policy_id: str, content: str | None) -> Reading:
    """What a policy says; the same text is read once."""
    if content is None:
        return Reading((), "", ())
    try:
        statements = parse(policy_id, content)
    except DocumentError as error:
        return Reading((), str(error), ("It can't be read: no verdict counts on it.",))
    guardrails = [(one, catalogue.guardrails(ids=[one.id])[0]) for one in headings()]
    rows = tuple(
        StatementRow(
            statement,
            index,
            tuple(
                (heading, found)
                for heading, guardrail in guardrails
                if (found := contribution(statement, guardrail)) is not None
            ),
        )
        for index, statement in enumerate(statements)
    )
    return Reading(rows, "", tuple(_oddities(rows, content)))


def _oddities(rows: Sequence[StatementRow], content: str) -> list[str]:
    found = [
        f"Statement {row.index} has no effect on {', '.join(f'`{one}`' for one in unreached)}: "
        "it names ARNs, and that action has no resource."
        for row in rows
        if row.statement.effect is Effect.DENY
        if (unreached := _unreached(row))
    ]
    if len(content) >= _NEAR_FULL * MAX_CHARACTERS:
        found.append(f"{len(content):,} of the {MAX_CHARACTERS:,} characters of an SCP are used.")
    return found


def _unreached(row: StatementRow) -> list[str]:
    """Actions named in vain, unless a wildcard named them by the way."""
    written = {action for action in row.statement.actions if "*" not in action}
    return [
        action
        for _, one in row.contributions
        for action in one.unreached
        if row.in_vain or action.lower() in written
    ]
