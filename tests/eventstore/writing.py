"""What tests of the store do again and again: append, look, and write at once."""

import threading
from collections.abc import Callable

from django.db import connection, transaction

from eventstore import store
from tests.eventstore.conftest import Deposited

ONE = Deposited(amount=1)


def versions(stream: str = "s") -> list[int]:
    return [recorded.version for recorded in store.read(stream)]


def run_together(tasks: list[Callable[[], None]]) -> None:
    def run(task: Callable[[], None]) -> None:
        try:
            task()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_another_session(ask: Callable[[], object]) -> list[object]:
    answers = []

    def run() -> None:
        with transaction.atomic():
            answers.append(ask())

    run_together([run])
    return answers
