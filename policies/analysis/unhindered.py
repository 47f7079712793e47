"""What gets through where nothing is in the way: the same whatever the levels are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from policies.analysis.answers import Open
from policies.analysis.asking import Asked, Scenes
from policies.analysis.walks import STEP_LIMIT, StepLimit, Steps
from policies.analysis.witness import witness

# By what requests are asked for and by whom; None where it takes too long, or there is none.
_FOUND: Final[dict[tuple[object, ...], Open | None]] = {}
_MOST_FOUND: Final = 10_000
# What users exempt may be hard to keep out of.
_STEPS: Final = STEP_LIMIT // 10


def unhindered(scenes: Scenes, action: str, templates: tuple[str, ...]) -> Open | None:
    """A request in scope, with no key that an SCP asks for; its action is left empty.

    It is searched for with steps of its own and then kept, so that nothing hangs on what was
    asked before. None: it is to be looked for as if something were in the way.
    """
    key = scenes.asked_for(action, templates)
    if key not in _FOUND:
        if len(_FOUND) >= _MOST_FOUND:
            _FOUND.clear()
        scenes.scope.steps = Steps(_STEPS)
        each = scenes.of(action, templates, frozenset(), colons=scenes.colons)
        _FOUND[key] = _first(each)
    return _FOUND[key]


def _first(scenes: Iterable[Asked]) -> Open | None:
    try:
        for one in scenes:
            model = one.search((), real=True)
            if model is not None:
                return Open(witness("", one.scene, model, frozenset()), one.scene, model)
    except StepLimit:
        pass
    return None
