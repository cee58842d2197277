"""The site's settings for tests. Importing them starts nothing; mypy does it too."""

import os
import tempfile

os.environ.setdefault("SITE_MODE", "test")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
# Processes that tests start write to the same ledger.
os.environ.setdefault(
    "EVENT_LEDGER", f"{tempfile.gettempdir()}/conference-ledger-{os.getpid()}"
)

from conference_site.settings import *  # noqa: F403 - needs the lines above
from conference_site.settings import DATABASES

DATABASES["default"]["TEST"] = {
    "NAME": os.environ.get("TEST_DATABASE_NAME", "test_conference")
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are looked for when asked for: nobody collects them for tests.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
