"""Stripe with real orders behind it: everybody listens who listens on the site."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.payments.conftest import BEFOREHAND, OF_CASES, SIGNALS, Heard
from tests.payments.stripe_provider import StripeProvider
from tests.registrations.conftest import Summit, new_summit


@pytest.fixture(autouse=True)
def heard() -> Iterator[Heard]:
    """One more listener; the site's own ones stay, and come first."""
    heard = Heard()
    ears: dict[str, Any] = {}
    for name, signal in SIGNALS.items():
        if name not in BEFOREHAND | OF_CASES:
            ears[name] = _ear(name, heard)
            signal.connect(ears[name])
    yield heard
    for name, ear in ears.items():
        SIGNALS[name].disconnect(ear)


def _ear(name: str, heard: Heard) -> Any:
    def listen(signal: Any, sender: type, **said: Any) -> None:
        heard.append((name, said))

    return listen


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeProvider]:
    """It lives in real time, as the door does that it tells things at."""
    with StripeProvider(settings) as provider:
        provider.stand_in.clock = time.time
        yield provider


@pytest.fixture
def summit(db: None) -> Summit:
    first_day = timezone.now().date() + timedelta(days=90)
    return new_summit(starts_on=first_day, ends_on=first_day + timedelta(days=2))
