"""What the proofs share. Sizes are arguments: tests run them small, `benchmarks` full.

Processes of a proof import this package first, so Django is made ready here.
"""

import os

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    # What is killed and refused on purpose fills the screen otherwise.
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
