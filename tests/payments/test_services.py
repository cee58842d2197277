"""Starting payments, hold policies, invoices: the door the site uses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from uuid_utils.compat import uuid7

from payments import services
from payments.models import Payment
from tests.factories.payments import NOW, paid, payment_request, started
from tests.payments.conftest import Heard

pytestmark = pytest.mark.django_db
HOLD_ENDS = NOW + timedelta(minutes=15)


def test_providers_are_those_of_the_settings_in_their_order(settings):
    settings.PAYMENT_PROVIDERS = ["invoice", "sandbox"]
    offered = services.providers()
    assert [(one.code, one.label) for one in offered] == [
        ("invoice", "Invoice"),
        ("sandbox", "Sandbox"),
    ]
    assert all(one.description for one in offered)


def hold_until(provider: str, *, conference_in: timedelta):
    return services.hold_until(
        provider,
        now=NOW,
        hold_expires_at=HOLD_ENDS,
        conference_starts_at=NOW + conference_in,
    )


def test_sandbox_extends_the_hold_by_14_minutes():
    until = hold_until("sandbox", conference_in=timedelta(days=30))
    assert until == HOLD_ENDS + timedelta(minutes=14)


@pytest.mark.parametrize(
    ("conference_in", "expected"),
    [
        (timedelta(days=30), NOW + timedelta(days=14)),
        (timedelta(days=3), NOW + timedelta(days=3)),
        (timedelta(minutes=5), HOLD_ENDS),
    ],
    ids=["14 days", "start of the conference", "end of the hold"],
)
def test_invoice_is_due(conference_in, expected):
    assert hold_until("invoice", conference_in=conference_in) == expected


@pytest.mark.parametrize("code", ["", "stripe", "SANDBOX"])
def test_unknown_provider_is_refused(code: str):
    with pytest.raises(services.UnknownProvider):
        started(provider=code)
    with pytest.raises(services.UnknownProvider):
        hold_until(code, conference_in=timedelta(days=1))


def test_provider_not_offered_is_refused(settings):
    settings.PAYMENT_PROVIDERS = ["invoice"]
    with pytest.raises(services.UnknownProvider):
        started(provider="sandbox")


def test_payment_keeps_what_was_asked_and_says_where_to_pay():
    wish = payment_request(due_at=HOLD_ENDS)
    payment = services.start_payment(wish, now=NOW)
    payment = Payment.objects.get(pk=wish.payment_id)
    kept = {name: getattr(payment, name) for name in vars(wish) if name != "payment_id"}
    assert kept == {
        name: value for name, value in vars(wish).items() if name != "payment_id"
    }
    assert (payment.status, payment.started_at) == ("initiated", NOW)
    assert payment.redirect_url == f"/sandbox/payments/{payment.pk}/"
    assert payment.return_url == f"/orders/{payment.order_id}/payments/{payment.pk}/"


def test_invoice_has_no_page_of_its_own():
    payment = started(provider="invoice")
    assert payment.redirect_url == payment.return_url


def test_start_repeated_gives_the_same_payment():
    wish = payment_request()
    first = services.start_payment(wish, now=NOW)
    again = services.start_payment(wish, now=NOW + timedelta(minutes=1))
    other_id = payment_request(order_id=wish.order_id)
    same_wish = services.start_payment(other_id, now=NOW)
    assert first == again == same_wish
    assert services.payments_of(wish.order_id) == [first]


def test_rejected_payment_may_be_followed_by_another():
    first = started()
    services.decide_in_sandbox(first.pk, outcome="rejected", now=NOW)
    later = NOW + timedelta(minutes=1)
    second = services.start_payment(payment_request(order_id=first.order_id), now=later)
    assert services.payments_of(first.order_id) == [first, second]
    found = services.open_payment(first.order_id, "sandbox", first.amount)
    assert found == second


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "0.0001", "1e9"])
def test_amount_must_be_positive_and_storable(amount: str):
    with pytest.raises(services.InvalidAmount):
        started(amount=Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "currency"), [("1200", "JPY"), ("12.345", "KWD"), ("0.01", "EUR")]
)
def test_amount_keeps_its_places(amount: str, currency: str):
    payment = started(amount=Decimal(amount), currency=currency)
    payment.refresh_from_db()
    assert payment.amount == Decimal(amount)


def test_open_payment_is_of_this_order_provider_and_amount():
    payment = started()
    order, amount = payment.order_id, payment.amount
    assert services.open_payment(order, "sandbox", amount) == payment
    assert services.open_payment(order, "invoice", amount) is None
    assert services.open_payment(order, "sandbox", amount + 1) is None
    assert services.open_payment(uuid7(), "sandbox", amount) is None


def test_unknown_payment_is_none():
    assert services.payment(uuid7()) is None
    assert services.reconcile_payment(uuid7(), now=NOW) is None


def test_mark_paid_completes_an_invoice_once(heard: Heard):
    payment = started(provider="invoice")
    for minutes in (0, 1):
        now = NOW + timedelta(minutes=minutes)
        marked = services.mark_paid(payment.pk, by="organizer", now=now)
        assert (marked.status, marked.completed_at) == ("completed", NOW)
        assert marked.paid_marked_by == "organizer"
    assert heard.names == ["payment_completed"]


def test_mark_paid_is_for_invoices():
    with pytest.raises(services.NotPaidByHand):
        services.mark_paid(started().pk, by="organizer", now=NOW)
    with pytest.raises(services.PaymentNotFound):
        services.mark_paid(uuid7(), by="organizer", now=NOW)


def test_mark_paid_refuses_a_rejected_invoice():
    payment = started(provider="invoice")
    Payment.objects.update(status="rejected", rejected_at=NOW)
    with pytest.raises(services.PaymentNotOpen):
        services.mark_paid(payment.pk, by="organizer", now=NOW)


def test_invoice_takes_no_callback():
    started(provider="invoice")
    with pytest.raises(services.CallbackRefused) as refusal:
        services.receive_callback("invoice", body=b"{}", headers={}, now=NOW)
    assert refusal.value.code == "callbacks-not-supported"


def test_invoice_is_refunded_by_hand(heard: Heard):
    payment = paid(provider="invoice")
    refund = services.request_refund(
        payment_id=payment.pk, amount=None, reason="order-cancelled", now=NOW
    )
    assert refund.status == "by_hand"
    settled = services.settle_refund_by_hand(
        refund.pk, by="organizer", now=NOW, note="Bank transfer"
    )
    assert (settled.status, settled.settled_by, settled.note, settled.done_at) == (
        "done",
        "organizer",
        "Bank transfer",
        NOW,
    )
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert heard[1:] == [
        (
            "payment_refunded",
            {
                "payment_id": payment.pk,
                "order_id": payment.order_id,
                "refund_id": refund.pk,
                "provider": "invoice",
                "reason": "order-cancelled",
                "amount": payment.amount,
                "currency": "USD",
                "refunded_at": NOW,
            },
        )
    ]
