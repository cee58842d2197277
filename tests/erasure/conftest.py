"""A ledger of the test's own, and mails that go nowhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.erasure.town import Town, settle
from tests.registrations.conftest import NOW, new_summit
from tests.registrations.mail_queue import IN_MEMORY


@pytest.fixture(autouse=True)
def outside(settings: Any, tmp_path: Path) -> None:
    settings.EVENT_LEDGER = tmp_path / "ledger"
    settings.EMAIL_BACKEND = IN_MEMORY


@pytest.fixture
def people() -> int:
    """How many there are, the one who is erased among them."""
    return 4


@pytest.fixture
def town(transactional_db: None, settings: Any, people: int) -> Iterator[Town]:
    with time_machine.travel(NOW, tick=False):
        summit = new_summit(quotas=(500, 500, 500))
        yield settle(summit, settings, people=people)
