"""`./portal bench`: every benchmark, one after the other."""

from benchmarks import crawl

crawl.main()
