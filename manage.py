#!/usr/bin/env python
"""Command-line entry of the site."""

import os
import sys

from django.core.management import execute_from_command_line

from conference_site import demo_environment

if __name__ == "__main__":
    if sys.argv[1:2] == ["demo"]:
        demo_environment.enter()  # before the settings ask for their secrets
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference_site.settings")
    execute_from_command_line(sys.argv)
