"""`./portal bench [NAME …] [--OPTION …]`: the benchmarks named, or every one after the other.

Each has a process of its own, since memory is measured and Django can't be set up twice. From
the first option on, words are for the benchmark itself: `./portal bench load --minutes 2`.
"""

import subprocess
import sys
from itertools import takewhile

BENCHMARKS = (
    "api",
    "crawl",
    "history",
    "load",
    "pages",
    "reports",
    "scp_analyzer",
    "storing",
    "verdicts",
)

names = list(takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
options = sys.argv[1 + len(names) :]
for name in names or BENCHMARKS:
    if name not in BENCHMARKS:
        sys.exit(f"There is no benchmark `{name}`: choose from {', '.join(BENCHMARKS)}.")
    words = [sys.executable, "-m", f"benchmarks.{name}", *options]
    if subprocess.run(words, check=False).returncode:
        sys.exit(f"The benchmark `{name}` failed.")
