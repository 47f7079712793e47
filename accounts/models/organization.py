from django.db import models


class Organization(models.Model):
    """An AWS organization, as its last complete crawl found it."""

    aws_id = models.CharField(max_length=34, unique=True)
    partition = models.CharField(max_length=16)
    management_account_id = models.CharField(max_length=12)
    feature_set = models.CharField(max_length=32)
    # `PolicyTypeStatus` of SERVICE_CONTROL_POLICY in the root.
    scp_status = models.CharField(max_length=16)
    # When AWS was read, not when the rows were written.
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.aws_id
