"""An order that can be cancelled on terms."""

import pytest

from conferences import services
from registrations.models import OrderView
from tests.registrations.commands.cancelling import TEN_PERCENT
from tests.registrations.conftest import Summit


@pytest.fixture
def order(summit: Summit) -> OrderView:
    """Two general admissions and a party for $448, on terms of 10 percent."""
    services.set_cancellation_tiers(conference_id=summit.id, tiers=TEN_PERCENT)
    return summit.confirmed((summit.general, 2), (summit.party, 1))
