"""Verdicts, stored once per distinct set, and which account has which."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.models import Account, Organization
from policies.analysis.posture import Judged
from policies.analysis.verdict import Verdict
from policies.models import AccountPosture, Posture
from policies.models import Verdict as VerdictRow

# Postures whose verdicts are rows in memory at once: as JSON they are some 50 KB each.
_BATCH: Final = 200


def store_postures(organization: Organization, judged: Sequence[Judged]) -> None:
    """Write what differs from the rows; to be called after `store_organization`.

    A posture is found again by the digest of its verdicts, so a crawl that finds what the
    last one found writes nothing here. Postures that no account has any more stay for the
    history, until `forgetting` finds that it needs them no more. Needs a transaction around it.
    """
    verdicts: dict[str, Sequence[Verdict]] = {}
    digests: dict[str, str] = {}
    for one in judged:
        digest = _digest(one.verdicts)
        verdicts[digest] = one.verdicts
        digests.update(dict.fromkeys(one.account_ids, digest))
    postures = _store_distinct(organization, verdicts)
    _store_of_accounts(organization, {id: postures[digest] for id, digest in digests.items()})


def _digest(verdicts: Sequence[Verdict]) -> str:
    text = json.dumps([verdict.to_json() for verdict in verdicts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _store_distinct(
    organization: Organization, wanted: Mapping[str, Sequence[Verdict]]
) -> dict[str, int]:
    """Key of each posture by its digest."""
    found = organization.postures.filter(digest__in=wanted.keys())
    stored = dict(found.values_list("digest", "pk"))
    created = Posture.objects.bulk_create(
        Posture(
            organization=organization,
            digest=digest,
            lacking=sum(verdict.status.lacking for verdict in verdicts),
        )
        for digest, verdicts in wanted.items()
        if digest not in stored
    )
    for start in range(0, len(created), _BATCH):
        VerdictRow.objects.bulk_create(
            _row(posture, verdict)
            for posture in created[start : start + _BATCH]
            for verdict in wanted[posture.digest]
        )
    return stored | {posture.digest: posture.pk for posture in created}


def _row(posture: Posture, verdict: Verdict) -> VerdictRow:
    detail: dict[str, Any] = _storable(verdict.to_json())
    return VerdictRow(
        posture=posture,
        guardrail=detail.pop("guardrail"),
        status=detail.pop("status"),
        reason=detail.pop("reason"),
        detail=detail,
    )


def _storable(value: Any) -> Any:
    """The same JSON value with `?` and U+FFFD for what Postgres has no room for.

    A policy may quote a NUL or half a surrogate pair by a JSON escape, and a witness it.
    """
    text = json.dumps(value)
    # Surrogates are written `\\ud…`, pairs of them too.
    return _replaced(value) if "\\u0000" in text or "\\ud" in text else value


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_replaced(one) for one in value]
    if isinstance(value, dict):
        return {_replaced(key): _replaced(one) for key, one in value.items()}
    return value


def _store_of_accounts(organization: Organization, wanted: Mapping[str, int]) -> None:
    stored = Account.objects.filter(organization=organization).values_list(
        "aws_id", "pk", "posture__posture"
    )
    AccountPosture.objects.bulk_create(
        [
            AccountPosture(account_id=pk, posture_id=wanted[aws_id])
            for aws_id, pk, posture in stored
            if posture != wanted[aws_id]
        ],
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=["posture"],
    )
