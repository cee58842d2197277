"""What tests of payments share: ears on the signals, and providers to talk to."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.dispatch import Signal
from django.test import Client

from payments import signals
from tests.factories import conferences
from tests.payments.providers import Provider, RemoteProvider, SandboxProvider
from tests.payments.stripe_provider import StripeProvider

SIGNALS = {
    name: signal for name, signal in vars(signals).items() if isinstance(signal, Signal)
}
# Sent before anything happens that these tests are about.
BEFOREHAND = {"payment_begins", "payment_changes"}
# What the tests of cases listen to themselves.
OF_CASES = {"case_closed"}


class Heard(list[tuple[str, dict[str, Any]]]):
    """The signals sent during a test, in order."""

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self]

    def but(self, *others: str) -> list[str]:
        return [name for name in self.names if name not in others]


@pytest.fixture(autouse=True)
def heard() -> Iterator[Heard]:
    """Payments do not know who listens: here only the test does."""
    heard = Heard()
    others = {name: signal.receivers for name, signal in SIGNALS.items()}
    ears = []
    for name, signal in SIGNALS.items():
        signal.receivers = []
        signal.sender_receivers_cache.clear()
        if name not in BEFOREHAND | OF_CASES:
            ears.append(_ear(name, heard))
            signal.connect(ears[-1])
    yield heard
    for name, signal in SIGNALS.items():
        signal.receivers = others[name]
        signal.sender_receivers_cache.clear()


def _ear(name: str, heard: Heard) -> Any:
    def listen(signal: Signal, sender: type, **said: Any) -> None:
        heard.append((name, said))

    return listen


@pytest.fixture(
    params=[SandboxProvider, RemoteProvider, StripeProvider],
    ids=["sandbox", "remote", "stripe"],
)
def provider(request: pytest.FixtureRequest, settings: Any) -> Iterator[Provider]:
    with request.param(settings) as provider:
        yield provider


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def contoso():
    return conferences.organization("contoso")


@pytest.fixture
def fabrikam():
    return conferences.organization("fabrikam")


@pytest.fixture
def organizer(contoso) -> Client:
    return signed_in(conferences.member(contoso))
