"""Stored verdicts speak of any account of their posture; here one is named."""

import json
from typing import Final, TypeVar

from policies.analysis.marks import ACCOUNT_MARK

# Where several are spoken of at once.
ANY_ACCOUNT: Final = "<account id>"
Json = TypeVar("Json")


def for_account(value: Json, account_id: str) -> Json:
    """The same text, or the same JSON value, with the account's id for its mark."""
    if isinstance(value, str):
        return value.replace(ACCOUNT_MARK, account_id)  # type: ignore[return-value]
    # As text, by two functions in C: a verdict's details have thousands of parts. Neither the
    # mark nor an id has a character that JSON must write otherwise.
    return json.loads(json.dumps(value, ensure_ascii=False).replace(ACCOUNT_MARK, account_id))  # type: ignore[no-any-return]
