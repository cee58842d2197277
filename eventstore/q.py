"""The django-q2 broker that keeps time: it wakes a worker when something is due."""

import logging
from datetime import timedelta
from typing import Any

from django.db import close_old_connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from uuid_utils.compat import uuid4

from eventstore import processes

logger = logging.getLogger(__name__)

# Beyond this the worker pool is swamped or wedged, and the broker lends a hand itself.
OVERDUE = timedelta(seconds=0.5)


class Broker(ORM):  # type: ignore[misc] # django-q2 ships no types
    """django-q2's own broker plus one look per poll (0.2 s) at what is due.

    At most one nudge is outstanding and it carries nothing: the worker that takes it
    looks for itself what is due. A lost or doubled nudge is harmless.
    """

    _nudge: int | None = None

    def dequeue(self) -> Any:
        try:
            self._keep_time()
        except Exception:
            # An exception here would cost the pusher ten seconds.
            logger.exception("Could not look for due deadlines")
            close_old_connections()
        return super().dequeue()

    def _keep_time(self) -> None:
        now = timezone.now()
        oldest = processes.oldest_due(now)
        if oldest is None:
            return
        if now - oldest > OVERDUE:
            processes.fire()
        elif not self._outstanding():
            self._nudge = self.enqueue(_package())

    def _outstanding(self) -> bool:
        return self._nudge is not None and OrmQ.objects.filter(pk=self._nudge).exists()


def _package() -> str:
    """An ordinary django-q2 task, made by hand: async_task closes connections."""
    package: str = SignedPackage.dumps(
        {
            "id": uuid4().hex,
            "name": "deadlines",
            "func": "eventstore.tasks.meet_deadlines",
            "args": (),
            "kwargs": {},
            "started": timezone.now(),
            "save": False,
        }
    )
    return package
