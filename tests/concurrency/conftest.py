from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.live_site import LiveSite, live_site
from tests.registrations.conftest import make_summit

__all__ = ["make_summit"]


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[LiveSite]:
    call_command("createcachetable")
    with live_site(tmp_path) as running:
        yield running
