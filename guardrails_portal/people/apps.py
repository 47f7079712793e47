from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "guardrails_portal.people"
