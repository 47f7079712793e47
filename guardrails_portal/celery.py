"""The Celery application; `celery -A guardrails_portal worker` finds it here."""

import os
import sys
from pathlib import Path

from celery import Celery
from django.core.exceptions import ImproperlyConfigured

from guardrails_portal.environment import FOR_TASKS, read_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardrails_portal.settings")

# Celery's own program would show a traceback for what is one sentence; others that import this
# (judging a file, the tests) may need no broker.
if Path(sys.argv[0]).parts[-1:] == ("celery",) or Path(sys.argv[0]).parts[-2:-1] == ("celery",):
    try:
        read_environment().require(FOR_TASKS)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)

app = Celery("guardrails_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
