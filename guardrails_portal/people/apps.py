from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "guardrails_portal.people"

    def ready(self) -> None:
        # Its receivers listen from now on.
        import guardrails_portal.people.sign_in.recorded  # noqa: F401
