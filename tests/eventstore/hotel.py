"""Guests of a hotel, who may want to be forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.dispatch import Signal

from eventstore import catch_up, store
from eventstore.erasure import erase
from eventstore.models import Erasure
from tests.eventstore_app.guests import Arrived, lagging

A = {"name": "Guest A", "email": "a@example.org"}
A_AT_WORK = {"name": "Dr. A", "email": "a@work.example"}
B = {"name": "Guest B", "email": "b@example.org"}


def arrive(stream: str, guest: dict[str, str], *more: Any, room: int = 1) -> None:
    store.append(stream, [Arrived(guest=guest, room=room), *more])


def names(model: Any) -> dict[str, str]:
    return dict(model.objects.order_by("stream").values_list("stream", "name"))


def erase_a() -> Erasure:
    made = erase([A["email"]], actor="test")
    assert made is not None
    return made


def follow() -> None:
    while catch_up.run(lagging):
        pass


@contextmanager
def answering(signal: Signal, answer: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """What somebody is told inside, who answers so."""
    heard: list[dict[str, Any]] = []

    def listen(sender: object, **told: Any) -> dict[str, Any]:
        heard.append(told)
        return answer

    signal.connect(listen)
    try:
        yield heard
    finally:
        signal.disconnect(listen)
