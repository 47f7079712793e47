from django.db import models

from accounts.models.crawl import Crawl


class UnjudgedSnapshot(models.Model):
    """What a crawl has read, until it is judged.

    Reading 50,000 accounts takes minutes at AWS's rates; a worker that dies while it judges
    leaves this behind, and the next one completes the crawl from it.
    """

    crawl = models.OneToOneField(Crawl, models.CASCADE, related_name="unjudged_snapshot")
    # `accounts.snapshot_codec.dumps`, compressed by zlib.
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"what {self.crawl} read"
