"""`./portal bench`: every benchmark, one after the other; `./portal bench history` that one."""

import sys

from benchmarks import crawl, history

BENCHMARKS = {"crawl": crawl.main, "history": history.main}

for name in sys.argv[1:] or BENCHMARKS:
    BENCHMARKS[name]()
