"""The Celery application; `celery -A guardrails_portal worker` finds it here."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardrails_portal.settings")

app = Celery("guardrails_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
