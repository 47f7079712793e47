"""Stored verdicts speak of any account of their posture; here one is named."""

import json
from typing import TypeVar

from policies.analysis.marks import ACCOUNT_MARK

Json = TypeVar("Json")


def for_account(value: Json, account_id: str) -> Json:
    """The same text, or the same JSON value, with the account's id for `${Account}`."""
    if isinstance(value, str):
        return value.replace(ACCOUNT_MARK, account_id)  # type: ignore[return-value]
    # As text, by two functions in C: a verdict's details have thousands of parts. Neither the
    # mark nor an id has a character that JSON writes otherwise.
    return json.loads(json.dumps(value).replace(ACCOUNT_MARK, account_id))  # type: ignore[no-any-return]
