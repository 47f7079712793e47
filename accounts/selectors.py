"""Connections as a page shows them: how the last crawl went, and when the next is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from accounts.connections import environment_connection, planned_crawl
from accounts.models import Connection, Crawl


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """`next_at` is None where nothing is planned."""

    connection: Connection
    last: Crawl | None
    next_at: datetime | None

    @classmethod
    def of(cls, connection: Connection, last: Crawl | None) -> Self:
        return cls(connection, last, planned_crawl(connection, last))


def connection_rows() -> Sequence[ConnectionRow]:
    """All of them by name; two queries. Where there is none yet, the environment's is made."""
    connections = list(Connection.objects.select_related("organization"))
    if not connections:
        connections = [environment_connection()]
    newest = Crawl.objects.filter(connection__in=connections)
    newest = newest.order_by("connection_id", "-started_at").distinct("connection_id")
    last = {one.connection_id: one for one in newest}
    return [ConnectionRow.of(one, last.get(one.pk)) for one in connections]


def connection_row(connection: Connection) -> ConnectionRow:
    return ConnectionRow.of(connection, connection.crawls.order_by("-started_at").first())
