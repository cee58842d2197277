"""Entry points for django-q2."""

from eventstore import processes


def meet_deadlines(**_: object) -> int:
    """Act on everything that is due. The nudge and the minutely schedule call this."""
    return processes.fire(for_seconds=10)
