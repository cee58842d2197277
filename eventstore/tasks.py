"""Entry points for django-q2."""

import logging
from time import monotonic

from eventstore import catch_up, integrity, processes, rebuild

logger = logging.getLogger(__name__)

# Less than half of Q_CLUSTER's timeout, after which a worker is killed.
FOR_SECONDS = 10


def meet_deadlines(**_: object) -> int:
    """Act on everything that is due. The nudge and the minutely schedule call this."""
    return processes.fire(for_seconds=FOR_SECONDS)


def follow(**_: object) -> int:
    """Bring asynchronous projectors up to date, and go on with rebuilds that nobody is
    at work on. The nudge and the minutely schedule call this."""
    done = catch_up.run_all(for_seconds=FOR_SECONDS)
    stop = monotonic() + FOR_SECONDS
    for projector in rebuild.abandoned():
        try:
            rebuild.rebuild(projector, for_seconds=stop - monotonic())
        except rebuild.RebuildUnderWay as refusal:
            logger.info("Rebuild of %s has to wait: %s", projector.name, refusal)
        except Exception:
            # It is noted where erasures look; django-q would keep the text as well.
            logger.exception("Rebuild of %s failed", projector.name)
    return done


def checkpoint(**_: object) -> int:
    """Vouch for the history until now. The hourly schedule calls this; whoever ships
    the log elsewhere has the signatures in a second place."""
    made = integrity.checkpoint()
    logger.info("Checkpoint at %s: %s", made["position"], made["signature"])
    return len(made["heads"])
