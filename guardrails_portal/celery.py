"""The Celery application; `celery -A guardrails_portal worker` finds it here."""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from celery import Celery, Task
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.core.exceptions import ImproperlyConfigured

from accounts.log_context import current_request, set_context
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


@setup_logging.connect
def keep_the_settings_logging(**_: Any) -> None:
    """Whoever listens here keeps Celery from adding handlers and formats of its own."""


@before_task_publish.connect
def hand_on_the_request(headers: MutableMapping[str, Any], **_: Any) -> None:
    if request := current_request():
        headers["request_id"] = request


@task_prerun.connect
def log_with_the_task(task_id: str, task: Task[..., Any], **_: Any) -> None:
    ids = {"task_id": task_id}
    if request := task.request.get("request_id"):
        ids["request_id"] = str(request)
    set_context(ids)


@task_postrun.connect
def log_without_the_task(**_: Any) -> None:
    set_context({})
