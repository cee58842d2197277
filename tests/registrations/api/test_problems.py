"""Refusals that no request of a test can bring about."""

import pytest
from django.db import OperationalError

from conference_site.views import SECONDS_TO_RETRY
from eventstore.store import Conflict
from registrations.api.problems import refusal


@pytest.mark.parametrize("trouble", [OperationalError("canceled"), Conflict("stream")])
def test_who_meets_a_busy_site_waits_as_long_everywhere(trouble):
    answer = refusal(trouble)
    assert answer is not None
    assert answer["Retry-After"] == str(SECONDS_TO_RETRY) == "5"
    assert answer.status_code == 503
