"""Calls that start in the same moment, each in a thread and connection of its own."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connections

from tests.waiting import PATIENCE


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each answered or raised, in the order of the calls."""
    answers: list[Any] = [None] * len(calls)
    begin = threading.Barrier(len(calls), timeout=PATIENCE)

    def run(number: int) -> None:
        try:
            # Connected before, so that nobody is late for it.
            connections["default"].ensure_connection()
            begin.wait()
            answers[number] = calls[number]()
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(number,)) for number in range(len(calls))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def many_at_once(call: Callable[[int], Any], times: int) -> list[Any]:
    """The same for one call that is told which of them it is."""
    return at_once(*[partial(call, number) for number in range(times)])
