from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.live_site import LiveSite, live_site
from tests.registrations.conftest import Summit, new_summit


@pytest.fixture
def make_summit() -> Callable[..., Summit]:
    """A conference that lies ahead: real processes live in real time."""
    first_day = datetime.now(UTC).date() + timedelta(days=90)

    def make(**changes: Any) -> Summit:
        dates = {"starts_on": first_day, "ends_on": first_day + timedelta(days=2)}
        return new_summit(**dates | changes)

    return make


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[LiveSite]:
    call_command("createcachetable")
    settings = "tests.concurrency.patient_site"
    with live_site(
        tmp_path, TASK_RETRY_SECONDS="10", DJANGO_SETTINGS_MODULE=settings
    ) as running:
        yield running
