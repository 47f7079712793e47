"""Mutation testing of the analysis: which changes of its code no test notices.

    python -m tests.mutants policies/analysis/search.py …

`FILE::Search._descend` begins with that function, `FILE::` and a mutant's name with that mutant.
mutmut makes the mutants; it is not in the lock and needs `pip install mutmut` beside
pytest and hypothesis. Each mutant is put into a fork of one process that has collected the
tests, by swapping the code of one function: mutmut's own runner collects them anew for each
mutant and calls every function by a detour, which takes many times as long. Prints the
mutants that survive as `file: function`, their names and the lines that differ.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import inspect
import itertools
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.file_mutation import mutate_file_contents

TESTS: Final = (
    "tests/policies/analysis/test_verdict_scenarios.py",
    "tests/policies/analysis/test_request_scenarios.py",
    "tests/policies/analysis",
    "tests/policies/catalogue",
)
# Start other processes, or take long.
LEFT_OUT: Final = "not quotas and not loads_no_framework"
# Of the processor: a mutant that never ends is noticed.
SECONDS: Final = 120
# How many tests are tried before the others.
REMEMBERED: Final = 20


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str
    # `Search._descend`, or the name of a function.
    function: str
    # What mutmut calls it.
    name: str
    source: str
    original: str

    def apply(self) -> None:
        module = importlib.import_module(self.module)
        found = _found(module, self.function)
        if hasattr(found, "cache_clear"):
            # What collecting the tests has left.
            found.cache_clear()
        target = _plain(found)
        made: dict[str, Any] = dict(vars(module))
        exec(compile(self.source, f"<mutant of {self.function}>", "exec"), made)  # noqa: S102
        mutated = _plain(made[self.name])
        target.__code__ = mutated.__code__
        target.__defaults__ = mutated.__defaults__
        target.__kwdefaults__ = mutated.__kwdefaults__

    def __str__(self) -> str:
        before, after = self.original.splitlines(), self.source.splitlines()
        lines = difflib.unified_diff(before[1:], after[1:], lineterm="", n=0)
        changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
        return "\n    ".join((f"{self.module}: {self.function}", *changed))


def _found(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    return found


def _plain(found: Any) -> FunctionType:
    """The function below class methods, properties and caches."""
    for inner in ("__func__", "fget", "func"):
        found = getattr(found, inner, found)
    function = inspect.unwrap(found)
    assert isinstance(function, FunctionType)
    return function


def mutants(path: Path) -> Iterator[Mutant]:
    module = ".".join(path.with_suffix("").parts)
    text = mutate_file_contents(str(path), _undecorated(path.read_text())).code
    functions = {
        node.name: ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name
    }
    for name, source in functions.items():
        base, _, number = name.rpartition("__mutmut_")
        if number != "orig":
            function = base.removeprefix("x_") if base.startswith("x_") else base[2:]
            future = "from __future__ import annotations\n"
            yield Mutant(
                module,
                function.replace("ǁ", "."),
                name,
                future + source,
                future + functions[f"{base}__mutmut_orig"],
            )


def _undecorated(text: str) -> str:
    """mutmut leaves functions with decorators alone; what is swapped is the code below them."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list.clear()
    return ast.unparse(tree)


def _asked_for(argument: str) -> list[Mutant]:
    path, _, first = argument.partition("::")
    every = mutants(Path(path))
    if not first:
        return list(every)
    found = list(itertools.dropwhile(lambda one: first not in (one.function, one.name), every))
    if not found:
        raise SystemExit(f"{path} has no function, and no mutant, named {first}")
    return found


class Runner:
    """Runs the collected tests against one mutant after the other, each in a fork.

    What noticed mutants lately is tried first: those of one function most often fail alike.
    """

    def __init__(self, all_mutants: list[Mutant]) -> None:
        self._mutants = all_mutants
        # Places of tests, those that noticed a mutant last in front.
        self._noticing: list[int] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self._noticed(session, None) is not None:
            raise pytest.UsageError("the tests fail without any mutant")
        survivors = 0
        started = time.monotonic()
        for mutant in self._mutants:
            noticing = self._noticed(session, mutant)
            if noticing is None:
                survivors += 1
                sys.stdout.write(f"\n{mutant}\n")
            else:
                sys.stdout.write(".")
                left = [one for one in self._noticing if one != noticing]
                self._noticing = [noticing, *left][:REMEMBERED]
            sys.stdout.flush()
        took = time.monotonic() - started
        killed = len(self._mutants) - survivors
        sys.stdout.write(f"\n{killed} of {len(self._mutants)} mutants killed in {took:.0f} s\n")
        return True

    def _noticed(self, session: pytest.Session, mutant: Mutant | None) -> int | None:
        """The place of a test that fails; the last one's for a mutant that never ends."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._run(session, mutant, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            said = told.read()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code == 0:
            return None
        return int(said) if said else len(session.items) - 1

    def _run(self, session: pytest.Session, mutant: Mutant | None, writing: int) -> None:
        code = 1
        try:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            if mutant is not None:
                mutant.apply()
            failing = self._failing(session)
            if failing is None:
                code = 0
            else:
                os.write(writing, str(failing).encode())
        finally:
            os._exit(code)

    def _failing(self, session: pytest.Session) -> int | None:
        rest = [at for at in range(len(session.items)) if at not in self._noticing]
        order = [*self._noticing, *rest]
        for at, following in zip(order, [*order[1:], None], strict=True):
            after = None if following is None else session.items[following]
            reports = runtestprotocol(session.items[at], log=False, nextitem=after)
            if any(one.failed for one in reports):
                return at
        return None


def main(arguments: list[str]) -> int:
    found = [mutant for one in arguments for mutant in _asked_for(one)]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:django", "-c", os.devnull, "-k", LEFT_OUT]
    return int(pytest.main([*options, "--rootdir", ".", *TESTS], plugins=[Runner(found)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
