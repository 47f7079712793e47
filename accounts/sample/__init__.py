"""The sample organization, Example Corp: a file to read, and its shape in Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class SampleAccount:
    name: str
    suspended: bool
    scps: tuple[str, ...]
    delegated_administrator_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """`full_aws_access` is false where FullAWSAccess is detached: an allow-list."""

    name: str
    scps: tuple[str, ...]
    full_aws_access: bool
    accounts: tuple[SampleAccount, ...]
    units: tuple[SampleUnit, ...]


@dataclass(frozen=True, slots=True)
class SampleOrganization:
    """SCPs by name with their documents, and the tree below the root."""

    policies: Mapping[str, Mapping[str, Any]]
    root: SampleUnit


def sample_document() -> Mapping[str, Any]:
    """The file as it stands: `policies`, `root`, and the `history` that `past` undoes."""
    text = files(__name__).joinpath("example-corp.json").read_text(encoding="utf-8")
    document: Mapping[str, Any] = json.loads(text)
    return document


def example_corp() -> SampleOrganization:
    document = sample_document()
    return SampleOrganization(document["policies"], _unit(document["root"]))


def _unit(found: Mapping[str, Any]) -> SampleUnit:
    return SampleUnit(
        name=found["name"],
        scps=tuple(found["scps"]),
        full_aws_access=found.get("full_aws_access", True),
        accounts=tuple(_account(one) for one in found.get("accounts", [])),
        units=tuple(_unit(one) for one in found.get("units", [])),
    )


def _account(found: str | Mapping[str, Any]) -> SampleAccount:
    """A name alone, or an object where there is more to say."""
    row: Mapping[str, Any] = {"name": found} if isinstance(found, str) else found
    return SampleAccount(
        name=row["name"],
        suspended=row.get("state") == "SUSPENDED",
        scps=tuple(row.get("scps", [])),
        delegated_administrator_of=tuple(row.get("delegated_administrator_of", [])),
    )
