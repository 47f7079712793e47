from accounts.models.audit_entry import AuditEntry
from accounts.models.connection import Connection
from accounts.models.crawl import Crawl
from accounts.models.organization import Organization
from accounts.models.unjudged_snapshot import UnjudgedSnapshot

__all__ = [
    "AuditEntry",
    "Connection",
    "Crawl",
    "Organization",
    "UnjudgedSnapshot",
]
