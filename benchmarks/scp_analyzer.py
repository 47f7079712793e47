"""A crawl beside scp-analyzer's, of the same simulated organization in the same run.

scp-analyzer (aws-samples, MIT-0) tells of each account which statements of SCPs are on its path,
and judges none. It is not in the lock: uv fetches it into an environment of its own, and where it
can't, nothing is measured. Seconds are of a whole process, from its start to its file, at AWS's
rates times a scale; botocore waits as it does before it tries again. What is throttled too often
gives up, which is told in place of seconds.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from benchmarks.crawl import SIZES
from benchmarks.tables import table
from guardrails_portal.local import simulated_aws
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent

# Of larger organizations its calls, one after the other, take hours.
COMPARED = {size: scale for size, scale in SIZES.items() if size[0] <= 1_000}
_UV = str(Path(sys.executable).with_name("uv"))
SCP_ANALYZER = [_UV, "tool", "run", "--quiet", "scp-analyzer@0.8.0", "--outfile"]
PORTAL = [sys.executable, str(Path(__file__).parent.parent / "manage.py"), "crawl", "--output"]


def main() -> None:
    if subprocess.run([*SCP_ANALYZER[:-1], "--help"], capture_output=True, check=False).returncode:
        print("scp-analyzer can't be fetched here: nothing is compared.")
        return
    crawls = table(
        "A crawl into a file", "by", "accounts", "rates", "calls", "throttled", "seconds"
    )
    for size, scale in COMPARED.items():
        organization = invent(*size)
        for name, words in {"the portal": PORTAL, "scp-analyzer": SCP_ANALYZER}.items():
            seconds, endpoint = _measured(organization, scale, words)
            crawls.add_row(
                name,
                f"{size[0]:,}",
                f"× {scale:g}",
                f"{endpoint.calls.total():,}",
                f"{endpoint.throttled.total()}",
                seconds,
            )
    Console(width=100).print(crawls)


def _measured(
    organization: SimulatedOrganization, scale: float, words: list[str]
) -> tuple[str, Endpoint]:
    """Seconds that the program takes to write its file, or that it gave up; and whom it asked."""
    faults = Faults(throttle=True, time_scale=scale)
    with tempfile.TemporaryDirectory() as folder, Endpoint(organization, faults) as endpoint:
        variables = simulated_aws.variables(endpoint.url) | {"CRAWL_RATE_SHARE": str(scale)}
        start = time.perf_counter()
        done = subprocess.run(
            [*words, str(Path(folder) / "file")],
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            # The last line of a traceback, or of the portal's own sentence.
            said = (done.stderr or done.stdout).strip().rpartition("\n")[2]
            if words is PORTAL:
                sys.exit(said)
            print(f"scp-analyzer: {said}")
            return "gave up", endpoint
        return f"{time.perf_counter() - start:.0f}", endpoint


if __name__ == "__main__":
    main()
