"""The words of `./portal`, inside the virtual environment."""

import sys
from collections.abc import Callable, Sequence

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError

from guardrails_portal.local import tools
from guardrails_portal.local.backup import backup, restore
from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.demo import demo, run
from guardrails_portal.local.management import manage


def act(arguments: Sequence[str]) -> int:
    """Do what the first word says; return the exit status, 2 where a sentence says why not."""
    word, *rest = arguments
    try:
        return WORDS[word](rest) if word in WORDS else manage(arguments)
    except (ServiceError, ImproperlyConfigured, CommandError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _check(rest: Sequence[str]) -> int:
    # With words of its own it is Django's: `./portal check --deploy`.
    return manage(["check", *rest]) if rest else tools.check()


WORDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo,
    "run": run,
    "backup": backup,
    "restore": restore,
    "test": tools.test,
    "lint": lambda _rest: tools.lint(),
    "types": lambda _rest: tools.types(),
    "check": _check,
    "bench": tools.bench,
    "format": lambda _rest: tools.format_code(),
}
