"""The django-q2 broker that keeps time: it wakes a worker when there is work."""

import logging
from datetime import timedelta
from typing import Any

from django.db import close_old_connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from uuid_utils.compat import uuid4

from eventstore import catch_up, processes, rebuild

logger = logging.getLogger(__name__)

# Beyond this the worker pool is swamped or wedged, and the broker lends a hand itself.
OVERDUE = timedelta(seconds=0.5)


class Broker(ORM):  # type: ignore[misc] # django-q2 ships no types
    """django-q2's own broker plus a look per poll (0.2 s) at what is due, and one at
    what is behind.

    At most one nudge of each is outstanding and it carries nothing: the worker that
    takes it looks for itself what there is to do. A lost or doubled nudge is harmless.
    """

    def dequeue(self) -> Any:
        try:
            self._keep_time()
        except Exception:
            # An exception here would cost the pusher ten seconds.
            logger.exception("Could not look for what there is to do")
            close_old_connections()
        return super().dequeue()

    def _keep_time(self) -> None:
        now = timezone.now()
        oldest = processes.oldest_due(now)
        # Where nobody took the nudge since the last look, the next deadlines would all
        # be late by OVERDUE: the broker meets them itself, whoever else does.
        if oldest and (
            now - oldest > OVERDUE or not self._nudge("eventstore.tasks.meet_deadlines")
        ):
            processes.fire()
        if catch_up.is_needed() or rebuild.abandoned():
            self._nudge("eventstore.tasks.follow")

    def _nudge(self, function: str) -> bool:
        """Have a worker do it; False where the last nudge has not been worked off."""
        # Not made in __init__: django-q2 copies brokers to processes without it.
        nudges: dict[str, int] = self.__dict__.setdefault("nudges", {})
        last = nudges.get(function)
        if last and OrmQ.objects.filter(pk=last).exists():
            return False
        nudges[function] = self.enqueue(_package(function))
        return True


def _package(function: str) -> str:
    """An ordinary django-q2 task, made by hand: async_task closes connections."""
    package: str = SignedPackage.dumps(
        {
            "id": uuid4().hex,
            "name": function.rpartition(".")[2],
            "func": function,
            "args": (),
            "kwargs": {},
            "started": timezone.now(),
            "save": False,
        }
    )
    return package
