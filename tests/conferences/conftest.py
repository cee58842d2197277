"""What tests of this app share."""

from collections.abc import Iterator
from typing import Any

import pytest

from conferences import signals

NAMES = (
    "conference_created",
    "conference_updated",
    "conference_published",
    "conference_unpublished",
    "conference_deleted",
    "seat_type_created",
    "seat_type_updated",
)


class Heard(list[tuple[str, dict[str, Any]]]):
    """The signals sent meanwhile, in order, with their values."""

    @property
    def names(self) -> list[str]:
        return [name for name, _values in self]


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()
    receivers = []
    for name in NAMES:

        def hear(sender: Any, signal: Any, _name: str = name, **values: Any) -> None:
            heard.append((_name, values))

        getattr(signals, name).connect(hear)
        receivers.append((getattr(signals, name), hear))
    yield heard
    for signal, receiver in receivers:
        signal.disconnect(receiver)


@pytest.fixture
def currency_locked() -> Iterator[str]:
    """A receiver that vetoes another currency, as registrations does with orders."""
    message = "Orders exist in this currency."

    def veto(sender: Any, conference_id: Any, **_: Any) -> None:
        raise signals.ChangeRefused("currency", message)

    signals.currency_change_proposed.connect(veto)
    yield message
    signals.currency_change_proposed.disconnect(veto)
