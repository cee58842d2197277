"""The site's own settings, with the event store as the only app of ours."""

import os

os.environ.setdefault("SITE_MODE", "test")
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" + "x" * 50)

from conference_site.settings import *  # noqa: F403 - needs the lines above

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django_q",
    "eventstore.apps.EventstoreConfig",
    "benchmarks.eventstore.apps.BenchmarkConfig",
]
