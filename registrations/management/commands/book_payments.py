"""`manage.py book_payments`: books what was paid before there was a ledger."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from payments import services as payments
from registrations import account_listeners as accounts
from registrations.registration_process import lock_case


class Command(BaseCommand):
    help = (
        "Book payments and refunds from before there was a ledger, under the times at"
        " which they happened. May be repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for payment in payments.with_movements().order_by("started_at").iterator(500):
            if payment.status in payment.TAKEN:
                book(payment)
                count += 1
        self.stdout.write(self.style.SUCCESS(f"Payments looked at: {count}."))


@transaction.atomic
def book(payment: payments.Payment) -> None:
    """Each movement once, whatever is repeated: the account knows them by their ids."""
    assert payment.completed_at is not None  # noqa: S101 a constraint says so
    lock_case(payment.order_id, now=payment.completed_at)
    about = {"payment_id": payment.pk, "order_id": payment.order_id}
    accounts.book_charge(
        Command, **about, amount=payment.amount, completed_at=payment.completed_at
    )
    for refund in payment.refunds.all():
        if refund.done_at is not None:
            accounts.book_refund(
                Command,
                **about,
                refund_id=refund.pk,
                reason=refund.reason,
                amount=refund.amount,
                refunded_at=refund.done_at,
            )
