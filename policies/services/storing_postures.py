"""Verdicts, stored once per distinct set."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from accounts.models import Organization
from policies.analysis.posture import Judged
from policies.analysis.verdict import Verdict
from policies.models import Posture
from policies.models import Verdict as VerdictRow

# Postures whose verdicts are rows in memory at once: as JSON they are some 50 KB each.
_BATCH: Final = 200
# Of a verdict's JSON what has a column of its own.
_COLUMNS: Final = ("guardrail", "status", "reason")


def store_postures(organization: Organization, judged: Sequence[Judged]) -> dict[str, Posture]:
    """Write what there is no row of yet; the posture of each account by its id.

    A posture is found again by the digest of its verdicts, so a crawl that finds what the
    last one found writes nothing here. Postures that no account has any more stay for the
    history, until `forgetting` finds that it needs them no more. Needs a transaction around it.
    """
    postures: dict[str, Posture] = {}
    for start in range(0, len(judged), _BATCH):
        batch = judged[start : start + _BATCH]
        written = [_written(one.verdicts) for one in batch]
        rows = _store_distinct(organization, {one.digest: one for one in written})
        for one, of_one in zip(batch, written, strict=True):
            postures.update(dict.fromkeys(one.account_ids, rows[of_one.digest]))
    return postures


@dataclass(frozen=True, slots=True)
class _Written:
    """A posture as JSON: each verdict, and the digest of all."""

    digest: str
    lacking: int
    verdicts: Sequence[dict[str, Any]]


def _written(verdicts: Sequence[Verdict]) -> _Written:
    content: Any = [verdict.to_json() for verdict in verdicts]
    text = json.dumps(content, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    lacking = sum(verdict.status.lacking for verdict in verdicts)
    # A policy may quote a NUL or half a surrogate pair by a JSON escape, and a witness it.
    # Surrogates are written `\\ud…`, pairs of them too.
    if "\\u0000" in text or "\\ud" in text:
        content = _storable(content)
    return _Written(digest, lacking, content)


def _store_distinct(
    organization: Organization, wanted: Mapping[str, _Written]
) -> dict[str, Posture]:
    """The row of each posture by its digest."""
    found = organization.postures.filter(digest__in=wanted.keys())
    stored = {posture.digest: posture for posture in found}
    created = Posture.objects.bulk_create(
        Posture(organization=organization, digest=digest, lacking=one.lacking)
        for digest, one in wanted.items()
        if digest not in stored
    )
    VerdictRow.objects.bulk_create(
        _row(posture, verdict) for posture in created for verdict in wanted[posture.digest].verdicts
    )
    return stored | {posture.digest: posture for posture in created}


def _row(posture: Posture, verdict: Mapping[str, Any]) -> VerdictRow:
    columns = {name: verdict[name] for name in _COLUMNS}
    detail = {name: value for name, value in verdict.items() if name not in _COLUMNS}
    return VerdictRow(posture=posture, **columns, detail=detail)


def _storable(value: Any) -> Any:
    """The same JSON value with `?` and U+FFFD for what Postgres has no room for."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value
