"""The sample organization, Example Corp: a file to read, and its shape in Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

from accounts.snapshot import AccountState


@dataclass(frozen=True, slots=True)
class SampleAccount:
    name: str
    state: AccountState = AccountState.ACTIVE
    scps: tuple[str, ...] = ()
    delegated_administrator_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """`full_aws_access` is false where FullAWSAccess is detached: an allow-list.

    `accounts` have the name of an account alone where there is no more to say.
    """

    name: str
    scps: tuple[str, ...]
    full_aws_access: bool = True
    accounts: tuple[SampleAccount | str, ...] = ()
    units: tuple[SampleUnit, ...] = ()

    def each_account(self) -> list[SampleAccount]:
        return [SampleAccount(one) if isinstance(one, str) else one for one in self.accounts]


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
    return msgspec.convert(sample_document(), SampleOrganization)
