"""A process whose threads append and read until its input ends; says how it went."""

import json
import sys
import threading
import time
from collections.abc import Callable

import django

django.setup()

# They need the app registry.
from django.db import connection  # noqa: E402

from eventstore import store  # noqa: E402
from eventstore.projections import projectors  # noqa: E402
from tests.eventstore_app.read_models import (  # noqa: E402
    OWN,
    Counted,
    InlineTally,
)


class Site:
    def __init__(self, writers: int, readers: int, pause: float) -> None:
        self.pause, self.is_open = pause, True
        self.errors: list[str] = []
        self.took: dict[str, list[float]] = {"write": [], "read": []}
        self.threads = [self.thread("write", self.write, n) for n in range(writers)]
        self.threads += [self.thread("read", self.read, n) for n in range(readers)]

    def thread(
        self, kind: str, work: Callable[[int], None], n: int
    ) -> threading.Thread:
        def until_closed() -> None:
            while self.is_open:
                began = time.perf_counter()
                try:
                    work(n)
                except Exception as error:
                    self.errors.append(repr(error))
                self.took[kind].append((time.perf_counter() - began) * 1000)
                time.sleep(self.pause)
            connection.close()

        return threading.Thread(target=until_closed)

    def write(self, n: int) -> None:
        store.append(f"w{n}", [Counted(amount=1), Counted(amount=2)])

    def read(self, _: int) -> None:
        assert InlineTally.objects.filter(pk="s1").exists()
        assert len(InlineTally.objects.all()) >= 9

    def run(self) -> None:
        for thread in self.threads:
            thread.start()
        sys.stdout.write("open\n")
        sys.stdout.flush()
        sys.stdin.read()
        self.is_open = False
        for thread in self.threads:
            thread.join()


if __name__ == "__main__":
    database, writers, readers, pause = sys.argv[1:]
    connection.settings_dict["NAME"] = database
    projectors.update(OWN)
    site = Site(int(writers), int(readers), float(pause))
    site.run()
    worst = {kind: round(max(times), 1) for kind, times in site.took.items()}
    done = {kind: len(times) for kind, times in site.took.items()}
    said = {"errors": site.errors, "done": done, "worst": worst}
    sys.stdout.write(json.dumps(said))
