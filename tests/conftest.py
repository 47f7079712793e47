"""How many examples the properties are tried on.

Few and always the same in the whole suite, so that a failure is one of the change at hand;
many and new ones by `./portal test tests/policies/analysis --hypothesis-profile=thorough`. What is
made to break things takes ten minutes with `./portal test -k hostile --hypothesis-profile=fuzz`.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings

settings.register_profile("suite", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=20_000, deadline=None)
# An example that takes so long hangs, on whatever machine.
settings.register_profile("fuzz", max_examples=4_000, deadline=timedelta(seconds=30))
settings.load_profile("suite")
