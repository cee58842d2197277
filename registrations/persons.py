"""What this context keeps of persons beside the events: shown, and taken away.

Read models are not here: the event store projects them again.
"""

from typing import Any

from django.db.models import QuerySet
from django.forms.models import model_to_dict

from eventstore.models import Deadline
from eventstore.signals import person_erased, person_exported
from registrations.models.document import Document
from registrations.models.idempotency import IdempotentAnswer
from registrations.models.notification import Notification
from registrations.queries import document, order_seats, order_view
from registrations.traces import ERASED, Traces

Held = dict[str, list[Any]]


def forget(sender: object, **told: Any) -> dict[str, int]:
    """Their mails keep when and about which order they were sent, and nothing else."""
    traces = Traces.of(told)
    mails = 0
    for mail in Notification.objects.filter(order_id__in=traces.orders):
        mails += _forget_mail(mail, traces)
    Deadline.objects.filter(key__in=map(str, traces.orders)).update(error="")
    answers = IdempotentAnswer.objects.about(traces.orders)
    return {
        "mails_emptied": mails,
        # As they were issued: tax law wants them whole, for years.
        "documents_kept": _documents(traces).count(),
        "api_answers_emptied": answers.exclude(sealed=b"").update(sealed=b""),
    }


def _forget_mail(mail: Notification, traces: Traces) -> bool:
    if mail.recipient.casefold() in traces.identities:
        mail.recipient = mail.subject = mail.text = mail.html = mail.error = ""
        if mail.kind == Notification.Kind.SEAT_ASSIGNED:
            # It was made of the address.
            mail.key = f"{mail.key.rpartition('/')[0]}/{ERASED}-{mail.pk}"
        if mail.status == Notification.Status.CLAIMED:
            mail.status = Notification.Status.FAILED
        mail.save()
        return True
    # Somebody else's: it may name them all the same, by their address.
    texts = {name: getattr(mail, name) for name in ("subject", "text", "html", "error")}
    named = Traces(traces.identities, (), ())
    if not any(map(named.is_in, texts.values())):
        return False
    for name, text in texts.items():
        setattr(mail, name, named.without(text))
    mail.save()
    return True


def show(sender: object, **told: Any) -> Held:
    """Orders they placed, seats that are theirs, mails to them."""
    traces = Traces.of(told)
    orders = order_view.orders().filter(pk__in=traces.own_orders)
    seats = [seat for order in traces.orders for seat in order_seats.seats_of(order)]
    mails = Notification.objects.filter(order_id__in=traces.orders).order_by("pk")
    answers = IdempotentAnswer.objects.about(traces.orders)
    return {
        "orders": [_readable(order) for order in orders],
        "seats": [_readable(one) for one in seats if _is_of(one.email, traces)],
        "mails": [_readable(one) for one in mails if _is_of(one.recipient, traces)],
        "documents": [
            {"number": one.label, "content": one.content} for one in _documents(traces)
        ],
        # Only who asked can read them: they are encrypted under his key.
        "api_answers": [{"at": one.claimed_at.isoformat()} for one in answers],
    }


def _documents(traces: Traces) -> QuerySet[Document]:
    """Those of the orders they placed; each names its registrant."""
    own = document.documents().filter(order_id__in=traces.own_orders)
    return own.order_by("issued_at", "pk")


def _is_of(address: str, traces: Traces) -> bool:
    return address.casefold() in traces.identities


def _readable(row: Any) -> dict[str, str]:
    values = model_to_dict(row) | {"id": row.pk}
    return {name: str(value) for name, value in values.items() if value is not None}


def connect() -> None:
    person_erased.connect(forget, dispatch_uid="registrations.forget")
    person_exported.connect(show, dispatch_uid="registrations.show")
