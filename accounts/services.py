"""Writing how each crawl went, and of which organization it was."""

import zlib

from django.utils import timezone

from accounts.models import Connection, Crawl, Organization, UnjudgedSnapshot
from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import dumps, loads


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
    """What a snapshot says of the organization itself; one row. Needs a transaction around it."""
    organization, _ = Organization.objects.update_or_create(
        aws_id=snapshot.organization.id,
        defaults={
            "partition": snapshot.organization.partition,
            "management_account_id": snapshot.organization.management_account_id,
            "feature_set": snapshot.organization.feature_set,
            "scp_status": snapshot.scp_status,
            "taken_at": snapshot.taken_at,
        },
    )
    return organization
