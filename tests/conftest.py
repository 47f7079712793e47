"""How many examples the properties are tried on.

Few and always the same in the whole suite, so that a failure is one of the change at hand;
many and new ones by `./portal test tests/policies/analysis --hypothesis-profile=thorough`.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("suite", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=20_000, deadline=None)
settings.load_profile("suite")
