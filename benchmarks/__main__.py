"""`./portal bench [NAME …]`: the benchmarks named, or every one after the other.

Each has a process of its own, since memory is measured and Django can't be set up twice.
"""

import subprocess
import sys

BENCHMARKS = ("api", "crawl", "history", "pages", "reports", "storing", "verdicts")

for name in sys.argv[1:] or BENCHMARKS:
    if name not in BENCHMARKS:
        sys.exit(f"There is no benchmark `{name}`: choose from {', '.join(BENCHMARKS)}.")
    words = [sys.executable, "-m", f"benchmarks.{name}"]
    if subprocess.run(words, check=False).returncode:
        sys.exit(f"The benchmark `{name}` failed.")
