"""Deciding a payment in the sandbox, by its page or by the API."""

import logging
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from payments import sandbox_processor, signatures
from payments.callbacks import receive_callback
from payments.errors import PaymentError, PaymentNotFound
from payments.gateways import registry
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, SandboxTransaction
from payments.transactions import assert_outside_transaction

logger = logging.getLogger(__name__)


class SandboxDisabled(PaymentError):
    """This site does not offer the sandbox."""

    code = "sandbox-disabled"


class AlreadyDecided(PaymentError):
    """Somebody has decided this payment before, and otherwise."""

    code = "already-decided"


def sandbox_payment(payment_id: UUID) -> Payment:
    """A payment that the sandbox may decide; SandboxDisabled, PaymentNotFound."""
    try:
        registry.offered(SandboxGateway.code)
    except registry.UnknownProvider as unknown:
        raise SandboxDisabled(_("The sandbox is not offered here.")) from unknown
    payment = Payment.objects.filter(
        pk=payment_id, provider=SandboxGateway.code
    ).first()
    if payment is None:
        raise PaymentNotFound(_("There is no such payment."))
    return payment


def decide_in_sandbox(payment_id: UUID, *, outcome: str, now: datetime) -> Payment:
    """Accept or reject a payment in the sandbox ("accepted", "rejected").

    The sandbox commits its decision first and then delivers it as a signed callback,
    as an outside processor would. Whatever becomes of the delivery, the decision
    stands: reconciliation finds it. The same outcome again is delivered again.

    Raises SandboxDisabled, PaymentNotFound, AlreadyDecided, ValueError for any other
    outcome, and ProviderCallInsideTransaction.
    """
    assert_outside_transaction()
    payment = sandbox_payment(payment_id)
    wanted = SandboxTransaction.Outcome(outcome)
    decided = sandbox_processor.decide(
        sandbox_processor.Charge(
            payment_id=payment.pk,
            order_id=payment.order_id,
            amount=payment.amount,
            currency=payment.currency,
        ),
        outcome=wanted,
        now=now,
    )
    if decided.outcome != wanted:
        raise AlreadyDecided(_("This payment has been decided already."))
    _deliver(decided, now=now)
    payment.refresh_from_db()
    return payment


def _deliver(decided: SandboxTransaction, *, now: datetime) -> None:
    body = sandbox_processor.callback_body(decided)
    headers = {signatures.HEADER: signatures.signed(body, now=now)}
    try:
        receive_callback(SandboxGateway.code, body=body, headers=headers, now=now)
    except Exception:
        # A processor that is answered with an error has the money all the same.
        logger.exception(
            "Payment %s: the sandbox could not deliver", decided.payment_id
        )
