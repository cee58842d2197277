"""How far everything is: one answer for the command, health, metrics and the admin."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from eventstore.catch_up import first_position
from eventstore.models import horizon
from eventstore.processes import oldest_due
from eventstore.projection_models import Checkpoint, Parked
from eventstore.projections import Projector, Reactor, projectors
from eventstore.sql import fetch

# Those who announced positions and have not ended: the horizon waits for them. The same
# locks as `eventstore_horizon()` finds in the database, which does not tell their age.
HORIZON_AGE = """
SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0)::float8
  FROM pg_locks JOIN pg_stat_activity USING (pid)
 WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND ((classid::bigint << 32) | objid::bigint) >> 47 = 17747
"""


@dataclass(frozen=True, slots=True)
class ProjectorStatus:
    """`events` and `seconds` are what it lags behind: always 0 for an inline one."""

    name: str
    kind: str
    position: int
    events: int
    seconds: float
    parked: int


@dataclass(frozen=True, slots=True)
class Status:
    """Ages in seconds. `horizon_age` is that of the oldest append still under way,
    `deadline_age` how long the longest overdue deadline waits."""

    horizon: int
    horizon_age: float
    deadline_age: float
    projectors: tuple[ProjectorStatus, ...]


def status(now: datetime) -> Status:
    top = horizon()
    # Where nobody has run one yet, it will begin there.
    positions = {one.name: first_position(one, top) for one in projectors.values()}
    positions |= dict(Checkpoint.objects.values_list("projector", "position"))
    counts = Parked.objects.values_list("projector").annotate(Count("id"))
    parked = dict(counts.order_by())
    return Status(
        horizon=top,
        horizon_age=horizon_age(),
        deadline_age=deadline_age(now),
        projectors=tuple(
            _of(one, positions[one.name], top, parked.get(one.name, 0), now)
            for one in projectors.values()
        ),
    )


def horizon_age() -> float:
    [(age,)] = fetch(HORIZON_AGE)
    return float(age)


def deadline_age(now: datetime) -> float:
    oldest = oldest_due(now)
    return (now - oldest).total_seconds() if oldest else 0.0


def _of(
    projector: Projector, position: int, top: int, parked: int, now: datetime
) -> ProjectorStatus:
    if projector.inline:
        return ProjectorStatus(projector.name, "inline", top, 0, 0.0, parked)
    kind = "reactor" if isinstance(projector, Reactor) else "asynchronous"
    behind = projector.stored(position, top).aggregate(
        events=Count("position"), oldest=Min("recorded_at")
    )
    seconds = (now - behind["oldest"]).total_seconds() if behind["events"] else 0.0
    return ProjectorStatus(
        projector.name, kind, position, behind["events"], max(seconds, 0.0), parked
    )
