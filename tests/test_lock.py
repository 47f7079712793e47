"""`requirements.lock` is what every machine installs; pyproject.toml is what people edit."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
# One block a package: `name==version ; marker \`, its hashes, then why it is there.
_PIN = re.compile(
    r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>.*\n(?:[ ].*\n)*)", re.MULTILINE
)


def declared() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [*project["project"]["dependencies"]]
    for group in project["dependency-groups"].values():
        lines += [line for line in group if isinstance(line, str)]
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def pinned() -> dict[str, re.Match[str]]:
    return {canonicalize_name(match["name"]): match for match in _PIN.finditer(LOCK)}


@pytest.mark.parametrize("name", sorted(declared()))
def test_the_lock_pins_every_declared_dependency_as_it_is_declared(name: str) -> None:
    pin = pinned()[name]
    assert pin["version"] in declared()[name].specifier
    assert "guardrails-portal (pyproject.toml" in pin["rest"]


def test_the_lock_holds_nothing_that_pyproject_no_longer_declares() -> None:
    named = {
        name for name, pin in pinned().items() if "guardrails-portal (pyproject.toml" in pin["rest"]
    }
    assert named == set(declared())


def test_every_package_of_the_lock_is_held_by_hashes() -> None:
    assert pinned()
    assert [name for name, pin in pinned().items() if "--hash=sha256:" not in pin["rest"]] == []


def test_the_lock_names_no_host_so_that_each_machine_uses_its_own_index() -> None:
    assert "://" not in LOCK
    assert "--index" not in LOCK.replace("# ", "")
