"""Two transactions at once: the second has to wait for the first."""

import threading
from collections.abc import Callable

from django.db import connection


def has_to_wait(work: Callable[[], object]) -> threading.Thread:
    """Begin this in another connection; it does not end before our transaction."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive(), "it went on beside us"
    return thread
