"""Stored verdicts speak of any account of their posture; here one is named."""

from __future__ import annotations

from typing import TypeVar

from policies.analysis.marks import ACCOUNT_MARK

Json = TypeVar("Json")


def for_account(value: Json, account_id: str) -> Json:
    """The same text, or the same JSON value, with the account's id for `${Account}`."""
    if isinstance(value, str):
        return value.replace(ACCOUNT_MARK, account_id)  # type: ignore[return-value]
    if isinstance(value, list):
        return [for_account(one, account_id) for one in value]  # type: ignore[return-value]
    if isinstance(value, dict):
        return {  # type: ignore[return-value]
            for_account(key, account_id): for_account(one, account_id) for key, one in value.items()
        }
    return value
