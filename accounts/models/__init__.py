from accounts.models.account import Account
from accounts.models.audit_entry import AuditEntry
from accounts.models.connection import Connection
from accounts.models.crawl import Crawl
from accounts.models.organization import Organization
from accounts.models.unit import Unit
from accounts.models.unjudged_snapshot import UnjudgedSnapshot

__all__ = [
    "Account",
    "AuditEntry",
    "Connection",
    "Crawl",
    "Organization",
    "Unit",
    "UnjudgedSnapshot",
]
