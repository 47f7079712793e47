#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from guardrails_portal.environment import FOR_COMMANDS, read_environment


def cause(error: ImproperlyConfigured) -> ImproperlyConfigured:
    """What the environment lacks, where that is behind an error of Django's own words."""
    try:
        read_environment().require(FOR_COMMANDS)
    except ImproperlyConfigured as lack:
        return lack
    return error


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardrails_portal.settings")
    try:
        # By whom it is called, which its usage says.
        execute_from_command_line([os.environ.get("PORTAL_PROGRAM", sys.argv[0]), *sys.argv[1:]])
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{cause(error)}\n")
        sys.exit(2)
