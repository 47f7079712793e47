"""The weeks before a demo's first start, by the road that every crawl takes."""

from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.supervisor import say


def record_sample_history() -> None:
    """Read the sample organization, and record what it was on each day before; only once."""
    from accounts.aws.connection import connect
    from accounts.aws.errors import AwsError
    from accounts.connections import credentials_of, environment_connection, rate_share_of
    from accounts.crawl import CrawlError, read_organization
    from accounts.models import Crawl
    from accounts.sample.past import past
    from accounts.services import start_crawl
    from policies.services.crawling import CrawlRunning, only_one
    from policies.services.recording import record

    way = environment_connection()
    try:
        with only_one(f"connection {way.pk}"):
            if way.crawls.exists():
                return
            today = read_organization(connect(credentials_of(way), share=rate_share_of(way)))
            for snapshot in past(today):
                crawl = start_crawl(way)
                crawl.accounts_read = len(snapshot.accounts)
                record(crawl, snapshot)
                at = snapshot.taken_at
                Crawl.objects.filter(pk=crawl.pk).update(started_at=at, finished_at=at)
    except CrawlRunning:
        # A worker was faster: what it reads is the beginning of this history.
        return
    except (AwsError, CrawlError) as problem:
        raise ServiceError(f"The sample organization could not be read: {problem}") from None
    say("Five weeks of an invented past are recorded, a crawl a day.")
