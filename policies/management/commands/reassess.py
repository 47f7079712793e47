"""`reassess`: judge what the last crawl found by the rules of now."""

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from accounts.models import Organization
from policies.management.tables import totals_table
from policies.services.crawling import CrawlRunning, reassess_organization


class Command(BaseCommand):
    help = (
        "Judges the organizations again, as they were last crawled, after parameters, catalogue "
        "or engine have changed. AWS is not asked."
    )

    def handle(self, *args: object, **options: object) -> None:
        organizations = Organization.objects.order_by("aws_id")
        if not organizations:
            raise CommandError("There is nothing to judge: crawl first.", returncode=2)
        for organization in organizations:
            try:
                assessment = reassess_organization(organization)
            except CrawlRunning as problem:
                raise CommandError(str(problem), returncode=2) from None
            if assessment is None:
                self.stdout.write(f"{organization}: judged by the rules of now already.")
            else:
                Console().print(totals_table(assessment.totals, f"{organization}, judged again"))
