"""The test's settings with the process of the proofs."""

from tests.settings import *  # noqa: F403 - all of them
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.eventstore.proof_site.apps.ProofSiteConfig"]
