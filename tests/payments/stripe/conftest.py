"""Stripe's stand-in for a test, and the payments made through it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.payments.stripe_provider import StripeProvider


@pytest.fixture
def stripe(settings: Any) -> Iterator[StripeProvider]:
    with StripeProvider(settings) as provider:
        yield provider
