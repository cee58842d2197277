"""The site as it is, where whoever waits for a lock waits longer.

A conference is as busy as the tests make it, and the machine may be busy besides: the
site would tell some of two hundred to come again.
"""

from conference_site.settings import *  # noqa: F403 - all of them
from conference_site.settings import DATABASES

DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 60,
    "options": "-c lock_timeout=60s -c statement_timeout=60s"
    " -c idle_in_transaction_session_timeout=120s",
}
