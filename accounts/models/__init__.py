from accounts.models.account import Account
from accounts.models.crawl import Crawl
from accounts.models.organization import Organization
from accounts.models.unit import Unit

__all__ = ["Account", "Crawl", "Organization", "Unit"]
