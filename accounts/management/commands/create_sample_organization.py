"""`create_sample_organization`: Example Corp in a moto server of this machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.aws.errors import AwsError
from accounts.aws.sample import NotLoopback, create_sample
from accounts.sample import example_corp


class Command(BaseCommand):
    help = "Creates the sample organization at the loopback address in AWS_ENDPOINT_URL."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        made: dict[str, int] = {}

        def tell(what: str, count: int) -> None:
            made[what] = made.get(what, 0) + 1
            if count % 25 == 0:
                self.stderr.write(f"  {count} things created in the sample organization …")

        try:
            created = create_sample(example_corp(), tell)
        except (AwsError, NotLoopback) as problem:
            raise CommandError(str(problem), returncode=2) from None
        if created:
            parts = ", ".join(f"{count} {what}" for what, count in made.items())
            self.stdout.write(f"Created the sample organization: {parts}.")
        else:
            self.stdout.write("The sample organization is there already.")
