"""The site's settings for tests. Importing them starts nothing; mypy does it too."""

import os
import tempfile

os.environ.setdefault("SITE_MODE", "test")
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
# Processes that tests start write to the same ledger.
os.environ.setdefault(
    "EVENT_LEDGER", f"{tempfile.gettempdir()}/conference-ledger-{os.getpid()}"
)
# Those of pytest-xdist have a database each, and so a ledger each.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
if not os.environ["EVENT_LEDGER"].endswith(WORKER):
    os.environ["EVENT_LEDGER"] += f"-{WORKER}"

from conference_site.settings import *  # noqa: E402, F403 - needs the lines above
from conference_site.settings import DATABASES  # noqa: E402 - as above

DATABASES["default"]["TEST"] = {
    "NAME": os.environ.get("TEST_DATABASE_NAME", "test_conference")
}
# The site gives up soon, so that one who waits does not hold up the others. Here it
# would be a machine that is busy: tests of giving up say themselves how soon.
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 60,
    "options": "-c lock_timeout=60s -c statement_timeout=60s"
    " -c idle_in_transaction_session_timeout=120s",
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are looked for when asked for: nobody collects them for tests.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
