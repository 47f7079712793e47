"""`./portal bench [NAME …]`: the benchmarks named, or every one after the other."""

import sys

from benchmarks import crawl, history, pages, verdicts

BENCHMARKS = {
    "crawl": crawl.main,
    "history": history.main,
    "pages": pages.main,
    "verdicts": verdicts.main,
}

for name in sys.argv[1:] or BENCHMARKS:
    if name not in BENCHMARKS:
        sys.exit(f"There is no benchmark `{name}`: choose from {', '.join(BENCHMARKS)}.")
    BENCHMARKS[name]()
