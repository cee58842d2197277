"""Names, versions and upcasting; no database."""

import pytest

from eventstore import events, serialization
from eventstore.events import UnknownEventType, event
from eventstore.testing import given
from tests.eventstore.conftest import Account, Deposited, NotEnough, Withdrawn


@event
class Moved:
    to: str
    by: str = "nobody"


events.register(
    "test-moved",
    3,
    Moved,
    upcasters={
        1: lambda data: {"target": data["where"]},
        2: lambda data: {"to": data["target"]},
    },
)


def there_and_back(data):
    if data["from"] == data["to"]:
        return None
    return [("test-moved", {"to": data["to"]}), ("test-moved", {"to": data["from"]})]


events.register("test-commuted", 2, None, upcasters={1: there_and_back})
events.register("test-retired", 2, None, upcasters={1: lambda data: data})


@pytest.mark.parametrize(
    ("version", "data"),
    [(1, '{"where": "there"}'), (2, '{"target": "there"}'), (3, '{"to": "there"}')],
)
def test_old_versions_are_lifted(version, data):
    assert serialization.load("test-moved", version, data) == [Moved(to="there")]


def test_one_event_becomes_several():
    """The parts are of their newest versions; they may be lifted no further."""
    text = '{"from": "here", "to": "there"}'
    assert serialization.load("test-commuted", 1, text) == [
        Moved(to="there"),
        Moved(to="here"),
    ]


def test_a_dropped_event_and_a_retired_name_say_nothing():
    assert serialization.load("test-commuted", 1, '{"from": "x", "to": "x"}') == []
    assert serialization.load("test-retired", 2, "{}") == []


def test_unknown_fields_are_ignored_and_defaults_honoured():
    text = '{"to": "x", "gone": 1}'
    assert serialization.load("test-moved", 3, text) == [Moved(to="x")]


def test_an_unknown_name_is_refused():
    with pytest.raises(UnknownEventType):
        serialization.load("never-registered", 1, "{}")
    with pytest.raises(UnknownEventType):
        events.type_of(int)


def test_a_name_or_class_is_registered_once():
    with pytest.raises(ValueError, match="registered already"):
        events.register("test-moved", 1, int)
    with pytest.raises(ValueError, match="registered already"):
        events.register("test-other", 1, Moved)


def test_every_step_needs_its_upcaster():
    with pytest.raises(ValueError, match="upcaster"):
        events.register("test-gap", 3, str, upcasters={1: dict})


def test_given_when_then():
    given(Account, Deposited(amount=2)).when(Account.withdraw, 1).then(
        Withdrawn(amount=1)
    )
    given(Account).when(Account.withdraw, 1).raises(NotEnough)
    with pytest.raises(AssertionError):
        given(Account).when(Account.deposit, 1).then(Deposited(amount=2))
    with pytest.raises(NotEnough):
        given(Account).when(Account.withdraw, 1).then()
