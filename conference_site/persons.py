"""Where Django's and the queue's own tables, and payments, may speak of a person.

The contexts below clean their own rows; this is what only the whole site knows.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django_q.models import OrmQ, Task
from django_q.signing import SignedPackage

from eventstore.signals import person_erased, person_exported
from payments import persons as payments
from payments.models import Payment
from registrations.traces import ERASED, Traces

PICKLED = ("args", "kwargs", "result")


def forget(sender: object, **told: Any) -> dict[str, int]:
    """In the transaction of the erasure."""
    traces = Traces.of(told)
    counts = payments.forget(traces.own_orders, traces.is_in)
    queued = [row for row in OrmQ.objects.iterator() if traces.is_in(_content(row))]
    sessions = [one.pk for one in _sessions(traces)]
    counts |= {
        "queued_tasks_dropped": len(queued),
        "task_rows_emptied": sum(_empty(task) for task in _tasks(traces)),
        # Who did what to which row, and when, stays.
        "admin_log_entries_emptied": LogEntry.objects.filter(
            pk__in=_log(traces)
        ).update(object_repr=ERASED, change_message=ERASED),
        "sessions_ended": Session.objects.filter(pk__in=sessions).delete()[0],
        "cache_entries_dropped": _forget_cache(),
    }
    OrmQ.objects.filter(pk__in=[row.pk for row in queued]).delete()
    return counts


def show(sender: object, **told: Any) -> dict[str, list[Any]]:
    traces = Traces.of(told)
    accounts = get_user_model()._default_manager.filter(
        email__in=[*told["identities"], *told["words"]]
    )
    return payments.held(traces.own_orders, traces.is_in) | {
        "queued_tasks": [
            _content(row)
            for row in OrmQ.objects.order_by("pk")
            if traces.is_in(_content(row))
        ],
        "tasks": [
            {"task": task.func, "ended": str(task.stopped), "result": str(task.result)}
            for task in _tasks(traces)
        ],
        "admin_log": [
            {"at": one.action_time.isoformat(), "about": one.object_repr}
            | {"said": one.get_change_message()}
            for one in LogEntry.objects.filter(pk__in=_log(traces)).order_by("pk")
        ],
        "sessions": [
            {"until": one.expire_date.isoformat()} for one in _sessions(traces)
        ],
        # Organizers' own: shown, and deleted as users are, not by an erasure.
        "log_ins": [{"username": user.get_username()} for user in accounts],
    }


def _content(row: OrmQ) -> str:
    """What a queued task was given; nobody but us could have signed it."""
    return repr(SignedPackage.loads(row.payload))


def _tasks(traces: Traces) -> Iterator[Task]:
    """Only failed ones are kept, so there are few."""
    for task in Task.objects.iterator():
        if traces.is_in(" ".join(repr(getattr(task, name)) for name in PICKLED)):
            yield task


def _empty(task: Task) -> int:
    emptied = {"args": (), "kwargs": {}, "result": ERASED}
    return int(Task.objects.filter(pk=task.pk).update(**emptied))


def _log(traces: Traces) -> list[int]:
    """Entries that name them: of their orders and payments, and wherever an address
    of theirs stands."""
    paid = Payment.objects.filter(order_id__in=traces.orders)
    things = {str(id) for id in (*traces.orders, *paid.values_list("pk", flat=True))}
    entries = Q(object_id__in=things)
    for address in traces.addresses:
        entries |= Q(object_repr__icontains=address)
        entries |= Q(change_message__icontains=address)
    return [
        one.pk
        for one in LogEntry.objects.filter(entries).order_by("pk")
        if traces.is_in(
            f"{one.object_repr} {one.change_message}",
            known_to_be_about=one.object_id in things,
        )
    ]


def _sessions(traces: Traces) -> list[Session]:
    return [
        one
        for one in Session.objects.iterator()
        if traces.is_in(repr(one.get_decoded()))
    ]


def _forget_cache() -> int:
    """All of it: that is what a cache is for, and it commits with the rest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('cache') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT count(*) FROM cache")
        (dropped,) = cursor.fetchone()
    cache.clear()
    return int(dropped)


def connect() -> None:
    person_erased.connect(forget, dispatch_uid="conference_site.forget")
    person_exported.connect(show, dispatch_uid="conference_site.show")
