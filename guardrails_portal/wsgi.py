"""The web application, for gunicorn."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from guardrails_portal.environment import FOR_WEB, read_environment

# To gunicorn: the application cannot be loaded, and to try again and again is of no use.
APPLICATION_DOES_NOT_LOAD = 4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardrails_portal.settings")
try:
    read_environment().require(FOR_WEB)
except ImproperlyConfigured as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(APPLICATION_DOES_NOT_LOAD)
application = get_wsgi_application()
# Loads all addresses, and with them the views: else the first request would.
resolve("/")
# What is loaded by now is never let go of: were each full collection to look at it, the request
# into which it falls would take a third of a second longer. Source: Python's documentation, `gc`.
gc.collect()
gc.freeze()
