"""The queue and the outbox, worked off as a worker does it, without the processes."""

from importlib import import_module

from django.core import mail
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from registrations.commands import seat_assignments
from registrations.domain.values import PersonalInfo
from registrations.models import Notification, OrderView
from tests.registrations.conftest import NOW

IN_MEMORY = "django.core.mail.backends.locmem.EmailBackend"


def queued() -> list[str]:
    """The names of the tasks that wait, oldest first."""
    rows = [SignedPackage.loads(row.payload) for row in OrmQ.objects.order_by("pk")]
    return [task["func"].rpartition(".")[2] for task in rows]


def run_tasks() -> None:
    for row in OrmQ.objects.order_by("pk"):
        task = SignedPackage.loads(row.payload)
        module, _, name = task["func"].rpartition(".")
        row.delete()
        getattr(import_module(module), name)(**task["kwargs"])


def forget_tasks() -> None:
    OrmQ.objects.all().delete()


def outcome(kind: str) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("recipient", "status"))


def html_of(message: mail.EmailMessage) -> str:
    assert isinstance(message, mail.EmailMultiAlternatives)
    content, kind = message.alternatives[0]
    assert kind == "text/html"
    return str(content)


def parts(message: mail.EmailMessage) -> tuple[str, str]:
    return str(message.body), html_of(message)


def body(message: mail.EmailMessage) -> str:
    return f"{message.subject}\n{message.body}\n{html_of(message)}"


def assign(order: OrderView, attendee: PersonalInfo, *, position: int = 0) -> None:
    seat_assignments.assign_seat(
        order_id=order.pk, position=position, attendee=attendee, now=NOW
    )
