"""Each provider whose pages can be closed, and what the order wants."""

from collections.abc import Iterator
from typing import Any

import pytest

from payments import signals
from tests.payments.closing.pages import CLOSING, Closing, Wishes
from tests.payments.conftest import Heard


@pytest.fixture
def wishes(heard: Heard) -> Iterator[Wishes]:
    wishes = Wishes()
    signals.payment_begins.connect(wishes.tell)
    yield wishes
    signals.payment_begins.disconnect(wishes.tell)


@pytest.fixture(params=CLOSING.values(), ids=list(CLOSING))
def provider(request: pytest.FixtureRequest, settings: Any) -> Iterator[Closing]:
    with request.param(settings) as provider:
        yield provider
