"""Erasing a person from the whole history, and showing all that is held about one.

The person's key is destroyed: what was sealed under it stays, unreadable, in every
event and every backup. Read models are projected again, and whoever keeps something of
a person elsewhere hears of it in the same transaction.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.dispatch import Signal
from django.utils import timezone
from uuid_utils.compat import uuid7

from eventstore import signals
from eventstore.events import registered_types
from eventstore.ledger import Ledger
from eventstore.models import Erasure, Event, PersonKey, Snapshot
from eventstore.privacy import subject_of
from eventstore.projection_models import Parked, Rebuild
from eventstore.projections import Projector, projectors
from eventstore.rebuild import confirm
from eventstore.serialization import dump
from eventstore.shadow import SHADOW, anew, drop, make, taken_in
from eventstore.sql import execute
from eventstore.store import lock, recorded_events

NOBODY = Q(pk__in=[])


class ErasureOverdue(Exception):
    """The database knows somebody who was erased: a backup from before was restored."""


def erase(identities: Iterable[str], *, actor: str) -> Erasure | None:
    """Erase the person known by these, such as e-mail addresses; None if unknown.

    The answer carries the certificate. Nothing in it says who it was.
    """
    named = set(identities)
    return _erase(_keys_of(named), named, actor=actor)


@transaction.atomic
def overdue() -> list[UUID]:
    """Keys that are there although the ledger says they were destroyed.

    Raises LedgerBroken or ErasureOverdue where the ledger itself cannot be relied on.
    """
    ledger = Ledger("erasures")
    if not ledger.path.exists():
        if PersonKey.objects.exists() or Erasure.objects.exists():
            raise ErasureOverdue(
                f"{ledger.path} is missing, which knows who was erased: mount the"
                " folder of EVENT_LEDGER. If there never was one, run"
                " `manage.py persons begin`."
            )
        ledger.begin()
    # Before the ledger, which is written first: it knows whatever is made meanwhile.
    made = set(Erasure.objects.values_list("id", flat=True))
    entries = ledger.entries()
    if made - {UUID(entry["erasure"]) for entry in entries}:
        raise ErasureOverdue("EVENT_LEDGER lacks erasures that were made: mend it.")
    keys = [UUID(key) for entry in entries for key in entry["keys"]]
    # Locked, so that an erasure that is in the ledger already may commit before.
    found = PersonKey.objects.select_for_update(no_key=True).filter(id__in=keys)
    return list(found.order_by("id").values_list("id", flat=True))


def refuse_if_overdue() -> None:
    """Raise ErasureOverdue where this database must not be served as it is."""
    if keys := overdue():
        raise ErasureOverdue(
            f"This backup still has {len(keys)} keys of persons who were erased:"
            " run `manage.py persons reapply` before serving it."
        )


def reapply(*, actor: str) -> Erasure | None:
    """Erase again whom a restored backup brought back."""
    return _erase(overdue(), set(), actor=actor)


def export(identities: Iterable[str]) -> dict[str, Any]:
    """Everything held about the person known by these, as JSON values."""
    named = set(identities)
    keys = _keys_of(named)
    known = _known(keys, named)
    events = _sealed_under([*keys, *_keys_of(known.streams)])
    answers = _heard(signals.person_exported, known)
    return {
        "identities": sorted(known.identities),
        "events": [
            {
                "stream": one.stream,
                "version": one.version,
                "recorded_at": one.recorded_at.isoformat(),
                "event": type(one.event).__name__,
                "content": dump(one.event),
            }
            for one in recorded_events(events)
        ],
        "elsewhere": {place: rows for held in answers for place, rows in held.items()},
    }


class _Known(NamedTuple):
    """What events say of a person; see `signals.person_erased`."""

    identities: set[str]
    words: set[str]
    streams: list[str]


def _heard(signal: Signal, known: _Known) -> list[dict[str, Any]]:
    answers = signal.send(PersonKey, **known._asdict())
    return [cast(Any, answer) for _, answer in answers]


def _sealed_under(keys: list[UUID]) -> QuerySet[Event]:
    names = [str(key) for key in keys]
    about = NOBODY
    for kind in registered_types():
        for field in kind.personal:
            about |= Q(type=kind.name) & Q(**{f"data__{field}__person__in": names})
    return Event.objects.filter(about).order_by("position")


@transaction.atomic
def _erase(keys: list[UUID], identities: set[str], *, actor: str) -> Erasure | None:
    keys, known = _locked(keys, identities)
    if not keys:
        return None
    # Who follows or rebuilds holds a row of these: what he has read from now on, he
    # reads after the commit. Here, since whoever is only beginning has no row yet.
    execute("LOCK TABLE eventstore_checkpoint, eventstore_rebuild IN EXCLUSIVE MODE")
    keys += _keys_of(known.streams)
    PersonKey.objects.filter(id__in=keys).delete()
    Snapshot.objects.filter(stream__in=known.streams).delete()
    certificate = {
        "erased_at": timezone.now().isoformat(timespec="seconds"),
        "keys_destroyed": len(keys),
        "events_unreadable": _sealed_under(keys).count(),
        "rows_projected_again": sum(
            _project_again(one, known.streams) for one in _concerned()
        ),
    }
    Parked.objects.filter(stream__in=known.streams).update(error="")
    for cleaned in _heard(signals.person_erased, known):
        certificate |= cleaned
    erasure = Erasure(id=uuid7(), actor=actor, certificate=certificate)
    # Before the commit: a ledger that knows too much asks for a second erasure, one
    # that knows too little would let a backup bring the person back.
    entry = {"erasure": str(erasure.id), "keys": [str(key) for key in keys]}
    certificate["signature"] = Ledger("erasures").append(entry)["signature"]
    erasure.save(force_insert=True)
    return erasure


def _locked(keys: list[UUID], identities: set[str]) -> tuple[list[UUID], _Known]:
    """The keys that are still there, and what is known by them, both locked.

    A writer who has a key may want one more, or a stream: he is waited for with nothing
    in hand.
    """
    streams: list[str] = []
    while True:
        with transaction.atomic():
            lock(*streams)
            rows = PersonKey.objects.filter(id__in=keys).order_by("id")
            held = [row.id for row in rows.select_for_update(skip_locked=True)]
            busy = rows.exclude(id__in=held)
            known = _known(held, identities)
            if not busy.exists() and set(known.streams) <= set(streams):
                return held, known
            transaction.set_rollback(True)
        # Some streams are known only now, such as one that was being written.
        streams = known.streams
        with transaction.atomic():
            busy.select_for_update().first()
            transaction.set_rollback(True)


def _known(keys: list[UUID], named: set[str]) -> _Known:
    """A restored backup can tell who it was, the ledger cannot."""
    events = _sealed_under(keys)
    own = {bytes(row.subject) for row in PersonKey.objects.filter(id__in=keys)}
    rules = {kind.cls: kind.personal for kind in registered_types()}
    identities = {identity.strip().casefold() for identity in named}
    words = set(identities)
    for one in recorded_events(events):
        for field, value in dump(one.event).items():
            rule = rules[type(one.event)].get(field)
            if value is None or rule is None or rule.subject is None:
                continue
            identity = rule.subject(value).strip().casefold()
            if subject_of(identity) in own:
                identities.add(identity)
                words.update(_texts(value))
    streams = set(events.values_list("stream", flat=True))
    return _Known(identities, words, sorted(streams))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif isinstance(value, str) and value.strip():
        yield value


def _keys_of(identities: Iterable[str]) -> list[UUID]:
    """Of people, and of streams: free text about whoever they are about."""
    subjects = [subject_of(identity) for identity in identities]
    keys = PersonKey.objects.filter(subject__in=subjects).values_list("id", flat=True)
    return list(keys)


def _concerned() -> list[Projector]:
    sealed = {kind.cls for kind in registered_types() if kind.personal}
    return [one for one in projectors.values() if sealed & set(one.kinds)]


def _project_again(projector: Projector, streams: list[str]) -> int:
    """Make anew the rows that come from these streams; old copies are given up.

    So a projector that takes in personal fields makes each row of one stream.
    """
    with anew(projector, taken_in(projector).filter(stream__in=streams)):
        rows = [
            row for model in projector.models for row in model._default_manager.all()
        ]
    for row in rows:
        row.save(force_update=True)
    _forget_copies(projector)
    return len(rows)


def _forget_copies(projector: Projector) -> None:
    """What was live before a rebuild goes, and one under way starts again."""
    copies = Rebuild.objects.filter(pk=projector.name)
    state = copies.first()
    if state and state.finished_at:
        confirm(projector)
    elif state:
        drop(projector, SHADOW)
        make(projector, SHADOW)
        copies.update(started_at=Now(), position=0, replayed=0, error="")
