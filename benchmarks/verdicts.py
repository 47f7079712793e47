"""From a snapshot file to verdicts, one set of levels, and the worst that AWS's quotas allow.

Seconds are of the processor, which other processes disturb least; `÷ loop` divides them by
those of a bare loop of ten million turns in the same run, which carries over to any machine.
"""

import gc
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import dumps, loads
from benchmarks.hard_policies import HARD, document, hard_levels
from benchmarks.memory import most_memory
from benchmarks.tables import table
from policies import catalogue
from policies.analysis.document import parse
from policies.analysis.hierarchy import Level, Levels
from policies.analysis.posture import assess, levels_of
from policies.analysis.proof import decide
from policies.analysis.subject import Subject
from tests.factories import Scp, organization

SUBJECT = Subject(
    "222222222222",
    "aws",
    "o-exampleorg1",
    "111111111111",
    "o-exampleorg1/r-ab12/ou-ab12-11111111/",
    datetime(2026, 11, 23, 10, tzinfo=UTC),
)
# Accounts, units, SCPs, distinct sets of levels at the most.
SIZES = ((5_000, 200, 50, 40), (12_500, 500, 125, 100), (50_000, 2_000, 500, 400))
_FULL = document([{"Effect": "Allow", "Action": "*", "Resource": "*"}])


def main() -> None:
    loop = bare_loop()
    console = Console()
    console.print(f"A bare loop of ten million turns: {loop:.2f} s")
    console.print(_organizations(loop))
    console.print(_levels(loop))


def bare_loop() -> float:
    """Processor seconds of ten million turns, to divide by."""
    return min(_seconds(lambda: sum(1 for _ in range(10_000_000))) for _ in range(2))


def _seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def _organizations(loop: float) -> Table:
    """Each in a process of its own, so that the peak of its memory is its own."""
    sizes = table(
        "Snapshot file to verdicts", "accounts", "units", "SCPs", "seconds", "÷ loop", "peak MiB"
    )
    with TemporaryDirectory() as folder:
        for accounts, units, scps, paths in SIZES:
            file = Path(folder) / f"{accounts}.json"
            file.write_text(dumps(_organization(accounts, units, scps, paths)))
            command = [sys.executable, "-m", "benchmarks.verdicts", str(file)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds, peak = map(float, done.stdout.split())
            sizes.add_row(
                f"{accounts:,}",
                f"{units:,}",
                f"{scps:,}",
                f"{seconds:.1f}",
                f"{seconds / loop:.1f}",
                f"{peak:.0f}",
            )
    return sizes


def _judge(file: str) -> None:
    start = time.process_time()
    assess(loads(Path(file).read_text()), catalogue.guardrails())
    print(time.process_time() - start, most_memory())


def _organization(accounts: int, units: int, scps: int, paths: int) -> OrganizationSnapshot:
    """Units two deep; each of `paths` units has two SCPs that bear on the guardrails."""
    places = [f"Unit {n}" if n < 20 else f"Unit {n % 20}/Unit {n}" for n in range(units)]
    chance = random.Random(1)
    made = [Scp(f"SCP {n}", document(list(_usual(chance, n))), at=[]) for n in range(scps)]
    for number, place in enumerate(places):
        # Units of one remainder have the same SCPs: so many distinct sets there are.
        same = number % paths
        for one in {same % scps, (3 * same + 1) % scps}:
            made[one] = replace(made[one], at=[*made[one].at, place])
    # The management account is one as well.
    homes = {f"account-{n}": places[n % units] for n in range(1, accounts)}
    return organization(homes, made)


def _usual(chance: random.Random, number: int) -> Iterator[dict[str, object]]:
    """What organizations write: a guardrail or two, an exemption, a list of Regions."""
    exempt = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/Team{number}*"}}
    yield {
        "Effect": "Deny",
        "Action": [f"service{number}:*", chance.choice(["iam:*Role*", "s3:Put*"])],
        "Resource": "*",
        "Condition": exempt,
    }
    if number % 2:
        trails = "arn:aws:cloudtrail:*:*:trail/*"
        yield {"Effect": "Deny", "Action": "cloudtrail:*", "Resource": trails}
    else:
        regions = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}
        yield {
            "Effect": "Deny",
            "NotAction": ["iam:*", "organizations:*"],
            "Resource": "*",
            "Condition": regions,
        }


def _levels(loop: float) -> Table:
    # As `assess` judges: without the cyclic collector.
    gc.disable()
    hard = table(
        "One set of levels, five guardrails", "SCPs", "statements", "ms", "÷ loop", "statuses"
    )
    typical = "typical: four levels, two SCPs each"
    _row(hard, f"{typical}, the first ever", [_typical(0)], loop)
    # Of each other, all texts that name a team or a service are new.
    others = [_typical(number) for number in range(1, 50)]
    _row(hard, f"{typical}, the median of 49 others", others, loop)
    accounts, units, scps, paths = SIZES[1]
    together = list(_of_organization(accounts, units, scps, paths))
    _row(hard, f"of an organization with {scps} SCPs, the median of {paths}", together, loop)
    name = next(iter(HARD))
    for levels, scps in ((1, 1), (1, 10), (3, 10)):
        found = hard_levels(name, levels=levels, policies=scps)
        _row(hard, f"{name}, {levels} levels of {scps}", [found], loop)
    for name in HARD:
        _row(hard, f"{name}, 7 levels of 10", [hard_levels(name)], loop)
    return hard


def _of_organization(accounts: int, units: int, scps: int, paths: int) -> Iterator[Levels]:
    """Its distinct sets of levels; most SCPs stand in several of them."""
    snapshot = _organization(accounts, units, scps, paths)
    for account in snapshot.accounts[:paths]:
        yield levels_of(snapshot, account.id)


def _typical(number: int) -> Levels:
    chance = random.Random(1)
    return tuple(
        Level(
            f"level-{index}",
            (*parse("p-full", _FULL), *parse(f"p-{index}", document(list(_usual(chance, index))))),
        )
        for index in range(4 * number, 4 * number + 4)
    )


def _row(rows: Table, name: str, sets: Sequence[Levels], loop: float) -> None:
    found: list[str] = []

    def judge(levels: Levels) -> None:
        found[:] = [decide(one, levels, SUBJECT, {}).status[:3] for one in catalogue.guardrails()]

    seconds = statistics.median(_seconds(partial(judge, one)) for one in sets)
    statements = sum(len(one.statements) for one in sets[0])
    rows.add_row(
        name, f"{statements:,}", f"{seconds * 1000:.1f}", f"{seconds / loop:.2f}", " ".join(found)
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _judge(sys.argv[1])
    else:
        main()
