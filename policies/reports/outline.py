"""A report in words, cut to what a reader takes in: what the e-mail, its text and the PDF say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from policies.analysis.verdict import Status
from policies.events import Named
from policies.reports.content import Counts, Exposed, Gap, Measure, Move, PostureReport
from policies.selectors.headings import COUNTED, STATUS_LABELS, Heading
from policies.selectors.sentences import said


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is told: moves, gaps of a guardrail, names in each of both."""

    moves: int
    gaps: int
    names: int


# As the page of the parameters names them.
_LABELS: Final = {
    "security_role": "Roles of Information Security",
    "trail": "Trails that are protected",
    "organizations_scope": "Actions of AWS Organizations",
    "exempt_principals": "Approved exempt principals",
    "colon_paths": "Users whose path holds a colon",
}
_WORDS: Final = {
    ("organizations_scope", "all"): "none may get through",
    ("organizations_scope", "leave"): "leaving the organization may not get through",
    ("colon_paths", "no"): "not counted",
    ("colon_paths", "yes"): "counted",
}

# Some mail clients cut what is longer than 100 kB.
EMAIL: Final = Limits(moves=6, gaps=4, names=3)
PAPER: Final = Limits(moves=40, gaps=40, names=12)


@dataclass(frozen=True, slots=True)
class Bar:
    """One status of a guardrail, `share` in percent of the counted accounts."""

    status: Status
    label: str
    accounts: int
    share: float


@dataclass(frozen=True, slots=True)
class Line:
    """Coverage of a guardrail, as `covered` says it: "47 %", or "–" of no account.

    `direction` is "up", "down", "same", or "" with nothing before.
    """

    guardrail: Heading
    covered: str
    change: str
    direction: str
    enforced: int
    counted: int
    lacking: int
    bars: tuple[Bar, ...]
    # Percents, oldest first; empty for fewer than two.
    trend: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MoveLine:
    guardrail: Heading
    cause: str
    accounts: int
    names: str


@dataclass(frozen=True, slots=True)
class MoveSection:
    """`left_out` moves more are not told."""

    title: str
    direction: str
    lines: tuple[MoveLine, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class GapLine:
    """`exposed` is the longest exposure: "since 3 Nov 2026, 22 days", or empty."""

    unit: str
    status: Status
    label: str
    reason: str
    accounts: int
    names: str
    exposed: str


@dataclass(frozen=True, slots=True)
class GapSection:
    guardrail: Heading
    lacking: int
    lines: tuple[GapLine, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Outline:
    title: str
    organization: str
    scope: str
    posture_of: str
    period: str
    made: str
    headline: str
    changes: str
    # What a reader takes away who reads nothing else: a number, and of what it is.
    figures: tuple[tuple[str, str], ...]
    warning: str
    address: str
    lines: tuple[Line, ...]
    moves: tuple[MoveSection, ...]
    gaps: tuple[GapSection, ...]
    parameters: tuple[tuple[str, str], ...]
    judged: tuple[tuple[str, str], ...]


def outline(report: PostureReport, limits: Limits) -> Outline:
    zone = ZoneInfo(report.time_zone)
    return Outline(
        title=report.title,
        organization=report.organization_id,
        scope=report.unit or "Whole organization",
        posture_of=_moment(report.taken_at, zone),
        period=_period(report, zone),
        made=_moment(report.made_at, zone),
        headline=_headline(report),
        changes=_changes(report),
        figures=_figures(report),
        warning=report.warning,
        address=report.address,
        lines=tuple(_line(measure) for measure in report.measures),
        moves=tuple(
            _move_section(title, moves, limits)
            for title, moves in (
                ("Lost", report.lost),
                ("Won", report.won),
                ("Other changes", report.other),
            )
            if moves
        ),
        gaps=tuple(
            _gap_section(measure, report, limits)
            for measure in report.measures
            if measure.now.lacking
        ),
        parameters=tuple(
            (_LABELS.get(name, name), _WORDS.get((name, said(value)), said(value)))
            for name, value in report.judged.parameters.items()
        ),
        judged=(
            ("Engine", report.judged.engine_version),
            ("Guardrail catalogue", f"sha256:{report.judged.catalogue_digest}"),
            ("Snapshot", f"sha256:{report.judged.snapshot_digest}"),
            ("Policies read", f"{len(report.judged.policy_digests)}, digests in the JSON report"),
        ),
    )


def plural(number: int, one: str) -> str:
    """ "1 account", "1,024 accounts"."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {local:%Z}"


def _date(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def _period(report: PostureReport, zone: ZoneInfo) -> str:
    if report.starts_at is None:
        return "No earlier posture to compare with"
    return f"{_moment(report.starts_at, zone)} to {_moment(report.taken_at, zone)}"


def _headline(report: PostureReport) -> str:
    counted, number = report.counted, len(report.measures)
    if not counted:
        return "No active member account is in the scope of this report."
    guardrails = "the guardrail" if number == 1 else f"all {number} guardrails"
    if report.complete == counted:
        return f"Every one of {plural(counted, 'account')} has {guardrails}."
    have = "has" if report.complete == 1 else "have"
    return f"{report.complete:,} of {plural(counted, 'account')} {have} {guardrails}."


def _changes(report: PostureReport) -> str:
    if report.starts_at is None:
        return ""
    lost, won = _different(report.lost), _different(report.won)
    if not lost and not won:
        return "No account lost or won a guardrail over the period."
    return (
        f"{plural(lost, 'account')} lost protection and {plural(won, 'account')} won some "
        "over the period."
    )


def _figures(report: PostureReport) -> tuple[tuple[str, str], ...]:
    counted, number = report.counted, len(report.measures)
    if not counted:
        return ()
    guardrails = "the guardrail" if number == 1 else f"all {number} guardrails"
    lacking = counted - report.complete
    found = [
        (f"{100 * report.complete // counted} %", f"of accounts have {guardrails}"),
        (f"{lacking:,}", "account lacks at least one" if lacking == 1 else "lack at least one"),
    ]
    if report.starts_at is not None:
        found += [
            (f"{_different(report.lost):,}", "lost protection"),
            (f"{_different(report.won):,}", "won protection"),
        ]
    since = [gap.longest.since for gap in report.gaps if gap.longest.since]
    if since:
        days = (report.taken_at - min(since)).days
        found.append((plural(days, "day"), "is the longest exposure"))
    return tuple(found)


def _different(moves: Sequence[Move]) -> int:
    """How many accounts: one may have moved several times."""
    return len({account.id for move in moves for account in move.accounts})


def _line(measure: Measure) -> Line:
    change = measure.change
    trend = tuple(round(point.percent, 2) for point in measure.trend)
    return Line(
        guardrail=measure.guardrail,
        covered=f"{measure.now.percent} %" if measure.now.counted else "–",
        change="" if change is None else _signed(change),
        direction="" if change is None else "up" if change > 0 else "down" if change else "same",
        enforced=measure.now.enforced,
        counted=measure.now.counted,
        lacking=measure.now.lacking,
        bars=_bars(measure.now),
        trend=trend if len(trend) > 1 else (),
    )


def _signed(points: int) -> str:
    return "±0" if points == 0 else f"+{points}" if points > 0 else f"−{-points}"


def _bars(counts: Counts) -> tuple[Bar, ...]:
    return tuple(
        Bar(status, STATUS_LABELS[status], number, round(100 * number / counts.counted, 2))
        for status in COUNTED
        if (number := getattr(counts, status.value))
    )


def _move_section(title: str, moves: Sequence[Move], limits: Limits) -> MoveSection:
    lines = tuple(
        MoveLine(
            guardrail=move.guardrail,
            cause=move.cause,
            accounts=len(move.accounts),
            names=_names([_account(one) for one in move.accounts], limits.names),
        )
        for move in moves[: limits.moves]
    )
    return MoveSection(title, moves[0].direction, lines, len(moves) - len(lines))


def _gap_section(measure: Measure, report: PostureReport, limits: Limits) -> GapSection:
    gaps = report.gaps_of(measure.guardrail.id)
    lines = tuple(_gap_line(gap, report, limits) for gap in gaps[: limits.gaps])
    return GapSection(measure.guardrail, measure.now.lacking, lines, len(gaps) - len(lines))


def _gap_line(gap: Gap, report: PostureReport, limits: Limits) -> GapLine:
    return GapLine(
        unit=gap.unit,
        status=gap.status,
        label=STATUS_LABELS[gap.status],
        reason=gap.sentence,
        accounts=len(gap.accounts),
        names=_names([_account(one) for one in gap.accounts], limits.names),
        exposed=_exposed(gap.longest, report),
    )


def _account(account: Named | Exposed) -> str:
    return f"{account.name} ({account.id})"


def _exposed(longest: Exposed, report: PostureReport) -> str:
    if longest.since is None:
        return ""
    days = (report.taken_at - longest.since).days
    begun = _date(longest.since, ZoneInfo(report.time_zone))
    if longest.at_least:
        return f"since {begun} or before" + (f", at least {plural(days, 'day')}" if days else "")
    return f"since {begun}, {plural(days, 'day') if days else 'less than a day'}"


def _names(names: Sequence[str], most: int) -> str:
    # Names come from outside: no line break of theirs shapes a text.
    told = ", ".join(" ".join(name.split()) for name in names[:most])
    return f"{told} and {len(names) - most:,} more" if len(names) > most else told
