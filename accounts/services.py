"""Writing what AWS says: the tree and its accounts, and how each crawl went."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from accounts.models import Account, Connection, Crawl, Organization, Unit, UnjudgedSnapshot
from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import digest, dumps, loads

_BATCH: Final = 5_000
_UNIT_FIELDS: Final = ("name", "parent_id", "path", "display_path")
_ACCOUNT_FIELDS: Final = ("name", "email", "state", "unit_id")


def start_crawl(connection: Connection | None = None) -> Crawl:
    return Crawl.objects.create(connection=connection)


def keep_unjudged(crawl: Crawl, snapshot: OrganizationSnapshot) -> None:
    """Keep what was read, at once: whatever becomes of this process, it can be judged."""
    content = zlib.compress(dumps(snapshot).encode())
    crawl.save(update_fields=["calls"])
    UnjudgedSnapshot.objects.create(crawl=crawl, content=content)


def unjudged(crawl: Crawl) -> OrganizationSnapshot | None:
    """What an unfinished crawl has read, if it had read everything."""
    kept = UnjudgedSnapshot.objects.filter(crawl=crawl).first()
    return loads(zlib.decompress(kept.content).decode()) if kept else None


def finish_crawl(crawl: Crawl, organization: Organization) -> None:
    UnjudgedSnapshot.objects.filter(crawl=crawl).delete()
    crawl.organization = organization
    crawl.state = Crawl.State.COMPLETED
    crawl.finished_at = timezone.now()
    # One whose worker was silent for a while may have been given up meanwhile.
    crawl.lost = False
    crawl.error = ""
    _save(crawl)
    Connection.objects.filter(crawls=crawl).update(organization=organization)


def fail_crawl(crawl: Crawl, sentence: str) -> None:
    """`sentence` tells a person what failed and what to do."""
    UnjudgedSnapshot.objects.filter(crawl=crawl).delete()
    crawl.state = Crawl.State.FAILED
    crawl.finished_at = timezone.now()
    crawl.error = sentence
    _save(crawl)


def _save(crawl: Crawl) -> None:
    """All but its connection, which somebody may have deleted meanwhile."""
    fields = {field.name for field in Crawl._meta.concrete_fields} - {"id", "connection"}
    crawl.save(update_fields=fields)


def store_organization(snapshot: OrganizationSnapshot) -> Organization:
    """Bring organization, units and accounts up to the snapshot; write only what differs.

    Needs a transaction around it. A fixed number of statements for each depth of the tree
    and each 5,000 accounts that changed.
    """
    organization, _ = Organization.objects.update_or_create(
        aws_id=snapshot.organization.id,
        defaults={
            "partition": snapshot.organization.partition,
            "management_account_id": snapshot.organization.management_account_id,
            "feature_set": snapshot.organization.feature_set,
            "scp_status": snapshot.scp_status,
            "taken_at": snapshot.taken_at,
            "snapshot_digest": digest(snapshot),
        },
    )
    units = _store_units(organization, snapshot)
    _store_accounts(organization, snapshot, units)
    # Last, when no account hangs from them any more.
    organization.units.exclude(aws_id__in=units).delete()
    return organization


@dataclass(frozen=True, slots=True)
class _Placed:
    """A unit's place, worked out from the root down."""

    depth: int
    path: str
    names: tuple[str, ...]

    def below(self, id: str, name: str) -> _Placed:
        return _Placed(self.depth + 1, f"{self.path}{id}/", (*self.names, name))


def _store_units(organization: Organization, snapshot: OrganizationSnapshot) -> dict[str, int]:
    """Key of each unit by its AWS id; depth by depth, since children need their parent's key."""
    stored = {unit.aws_id: unit for unit in organization.units.all()}
    keys: dict[str, int] = {}
    placed: dict[str | None, _Placed] = {None: _Placed(-1, "", ())}
    depths: dict[int, list[Unit]] = {}
    for unit in snapshot.units_top_down():
        place = placed[unit.parent_id].below(unit.id, unit.name)
        placed[unit.id] = place
        row = Unit(
            organization=organization,
            aws_id=unit.id,
            name=unit.name,
            path=place.path,
            display_path=" / ".join(place.names[1:]) or unit.name,
        )
        depths.setdefault(place.depth, []).append(row)
    parents = {unit.id: unit.parent_id for unit in snapshot.units}
    for _, rows in sorted(depths.items()):
        for row in rows:
            parent = parents[row.aws_id]
            row.parent_id = None if parent is None else keys[parent]
        changed = [row for row in rows if _differs(row, stored.get(row.aws_id), _UNIT_FIELDS)]
        written = Unit.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["organization", "aws_id"],
            update_fields=_UNIT_FIELDS,
        )
        keys |= {row.aws_id: stored[row.aws_id].pk for row in rows if row.aws_id in stored}
        keys |= {row.aws_id: row.pk for row in written}
    return keys


def _store_accounts(
    organization: Organization, snapshot: OrganizationSnapshot, units: Mapping[str, int]
) -> None:
    # Tuples rather than model instances, of which 50,000 are slow to make.
    stored = {
        aws_id: fields
        for aws_id, *fields in organization.accounts.values_list("aws_id", *_ACCOUNT_FIELDS)
    }
    wanted = {
        account.id: [account.name, account.email, account.state, units[account.parent_id]]
        for account in snapshot.accounts
    }
    Account.objects.bulk_create(
        [
            Account(
                organization=organization,
                aws_id=aws_id,
                **dict(zip(_ACCOUNT_FIELDS, fields, strict=True)),
            )
            for aws_id, fields in wanted.items()
            if fields != stored.get(aws_id)
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["organization", "aws_id"],
        update_fields=_ACCOUNT_FIELDS,
    )
    gone = stored.keys() - wanted.keys()
    organization.accounts.filter(aws_id__in=gone).delete()


def _differs(row: object, stored: object | None, fields: tuple[str, ...]) -> bool:
    return stored is None or any(getattr(row, one) != getattr(stored, one) for one in fields)
