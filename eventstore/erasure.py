"""Erasing a person from the whole history, and showing all that is held about one.

The person's key is destroyed: what was sealed under it stays, unreadable, in every
event and every backup. Read models are projected again, and whoever keeps something of
a person elsewhere hears of it in the same transaction.
"""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone
from uuid_utils.compat import uuid7

from eventstore import signals
from eventstore.events import registered_types
from eventstore.ledger import Ledger
from eventstore.models import Erasure, Event, PersonKey, Snapshot
from eventstore.privacy import subject_of
from eventstore.projection_models import Rebuild
from eventstore.projections import Projector, projectors
from eventstore.rebuild import confirm
from eventstore.serialization import dump
from eventstore.shadow import as_of
from eventstore.store import lock, recorded_events

NOBODY = Q(pk__in=[])


class ErasureOverdue(Exception):
    """The database knows somebody who was erased: a backup from before was restored."""


def erase(identities: Iterable[str], *, actor: str) -> Erasure | None:
    """Erase the person known by these, such as e-mail addresses; None if unknown.

    The answer carries the certificate. Nothing in it says who it was.
    """
    known = {identity.strip().casefold() for identity in identities}
    subjects = [subject_of(identity) for identity in known]
    keys = PersonKey.objects.filter(subject__in=subjects).values_list("id", flat=True)
    return _erase(list(keys), known, actor=actor)


def overdue() -> list[UUID]:
    """Keys that are there although the ledger says they were destroyed.

    Raises LedgerBroken or ErasureOverdue where the ledger itself cannot be relied on.
    """
    entries = Ledger("erasures").entries()
    written = {UUID(entry["erasure"]) for entry in entries}
    if set(Erasure.objects.values_list("id", flat=True)) - written:
        raise ErasureOverdue("EVENT_LEDGER lacks erasures that were made: mend it.")
    keys = [UUID(key) for entry in entries for key in entry["keys"]]
    found = PersonKey.objects.filter(id__in=keys).values_list("id", flat=True)
    return list(found)


def refuse_if_overdue() -> None:
    """Raise ErasureOverdue where this database must not be served as it is."""
    if keys := overdue():
        raise ErasureOverdue(
            f"This backup still knows {len(keys)} erased persons:"
            " run `manage.py persons reapply` before serving it."
        )


def reapply(*, actor: str) -> Erasure | None:
    """Erase again whom a restored backup brought back."""
    return _erase(overdue(), set(), actor=actor)


def export(identity: str) -> dict[str, Any]:
    """Everything held about one person, as JSON values."""
    subject = subject_of(identity)
    keys = PersonKey.objects.filter(subject=subject).values_list("id", flat=True)
    answers = _heard(signals.person_exported, identity=identity)
    return {
        "identity": identity,
        "events": [
            {
                "stream": one.stream,
                "version": one.version,
                "recorded_at": one.recorded_at.isoformat(),
                "event": type(one.event).__name__,
                "content": dump(one.event),
            }
            for one in recorded_events(_sealed_under(list(keys)))
        ],
        "elsewhere": {place: rows for held in answers for place, rows in held.items()},
    }


def _heard(signal: Signal, **told: Any) -> list[dict[str, Any]]:
    return [cast(Any, answer) for _, answer in signal.send(PersonKey, **told)]


def _sealed_under(keys: list[UUID]) -> QuerySet[Event]:
    names = [str(key) for key in keys]
    about = NOBODY
    for kind in registered_types():
        for field in kind.personal:
            about |= Q(type=kind.name) & Q(**{f"data__{field}__person__in": names})
    return Event.objects.filter(about).order_by("position")


@transaction.atomic
def _erase(keys: list[UUID], identities: set[str], *, actor: str) -> Erasure | None:
    if not keys:
        return None
    events = _sealed_under(keys)
    # A writer that seals something under these keys holds its stream: streams first.
    lock(*events.values_list("stream", flat=True))
    identities |= _identities(events, keys)
    PersonKey.objects.filter(id__in=keys).delete()
    streams = sorted(set(events.values_list("stream", flat=True)))
    lock(*streams)
    Snapshot.objects.filter(stream__in=streams).delete()
    certificate = {
        "erased_at": timezone.now().isoformat(timespec="seconds"),
        "keys_destroyed": len(keys),
        "events_unreadable": events.count(),
        "rows_projected_again": sum(
            _project_again(one, streams) for one in _concerned()
        ),
    }
    told = {"identities": identities, "streams": streams}
    for cleaned in _heard(signals.person_erased, **told):
        certificate |= cleaned
    erasure = Erasure(id=uuid7(), actor=actor, certificate=certificate)
    # Before the commit: a ledger that knows too much asks for a second erasure, one
    # that knows too little would let a backup bring the person back.
    entry = {"erasure": str(erasure.id), "keys": [str(key) for key in keys]}
    certificate["signature"] = Ledger("erasures").append(entry)["signature"]
    erasure.save(force_insert=True)
    return erasure


def _identities(events: QuerySet[Event], keys: list[UUID]) -> set[str]:
    """What the person is known by: a restored backup can tell, the ledger cannot."""
    known = {bytes(row.subject) for row in PersonKey.objects.filter(id__in=keys)}
    personal = {kind.cls: kind.personal for kind in registered_types()}
    named = {
        rule.subject(content[field]).strip().casefold()
        for one in recorded_events(events)
        for content in [dump(one.event)]
        for field, rule in personal[type(one.event)].items()
    }
    return {identity for identity in named if subject_of(identity) in known}


def _concerned() -> list[Projector]:
    sealed = {kind.cls for kind in registered_types() if kind.personal}
    return [one for one in projectors.values() if sealed & set(one.kinds)]


def _project_again(projector: Projector, streams: list[str]) -> int:
    """Make anew the rows that come from these streams; old copies are given up.

    So a projector that takes in personal fields makes each row of one stream.
    """
    with as_of(projector, streams=streams):
        rows = [
            row for model in projector.models for row in model._default_manager.all()
        ]
    for row in rows:
        row.save(force_update=True)
    if Rebuild.objects.filter(pk=projector.name).exists():
        confirm(projector)
    return len(rows)
