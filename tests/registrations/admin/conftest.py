"""Two organizations with orders, and the browsers of their people."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from conferences import services
from conferences.models import Organization
from payments import refund_results
from payments import services as payments
from payments.models import Case
from registrations.commands import order as orders
from registrations.commands import seat_assignments
from registrations.domain.values import PersonalInfo
from registrations.models import Document, Notification, OrderView
from tests.factories import conferences as make
from tests.registrations.conftest import (
    ATTENDEE,
    NOW,
    Summit,
    minutes,
    pay,
    refund_fails,
)
from tests.registrations.mail_queue import IN_MEMORY

CANARY = "Xcanaryx"
STRANGER = PersonalInfo(CANARY, CANARY, f"{CANARY.lower()}@example.org")


@pytest.fixture(autouse=True)
def in_memory(settings):
    settings.EMAIL_BACKEND = IN_MEMORY


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def contoso(db) -> Organization:
    return make.organization("contoso")


@pytest.fixture
def organizer(contoso) -> Client:
    return browser(make.member(contoso))


@pytest.fixture
def owner(contoso) -> Client:
    return browser(make.member(contoso, "owner"))


@pytest.fixture
def viewer(contoso) -> Client:
    return browser(make.member(contoso, "viewer"))


@pytest.fixture
def administrator(db) -> Client:
    return browser(make.superuser())


@pytest.fixture
def nobody(db) -> Client:
    """Signed in as staff without any membership."""
    return browser(User.objects.create_user("nobody", is_staff=True))


@dataclass(frozen=True)
class Foreign:
    """What another organization has: nobody else may see the canary in it."""

    summit: Summit
    order: OrderView
    notification: Notification

    @property
    def ids(self) -> dict[str, Any]:
        return {
            "orderview": self.order.pk,
            "orderseat": self.order.pk,
            "conferenceview": self.summit.id,
            "notification": self.notification.pk,
            "document": Document.objects.get(order_id=self.order.pk).pk,
        }


@pytest.fixture
def foreign(db) -> Foreign:
    fabrikam = make.organization("fabrikam")
    conference = make.conference(
        fabrikam, slug=CANARY.lower(), name=f"{CANARY} summit", starts_on=NOW.date()
    )
    seats = [
        services.add_seat_type(
            conference_id=conference.pk,
            fields={"name": f"{CANARY} {n}", "price": 10, "quota": 10},
        ).pk
        for n in range(3)
    ]
    services.publish(conference_id=conference.pk, now=NOW)
    summit = Summit(conference.pk, fabrikam.pk, conference.slug, *seats)
    order = summit.place((summit.general, 2))
    orders.assign_registrant(order_id=order.pk, registrant=STRANGER, now=NOW)
    pay(order.pk)
    notification = Notification.objects.create(
        kind="confirmation",
        key=str(order.pk),
        order_id=order.pk,
        organization_id=fabrikam.pk,
        recipient=STRANGER.email,
        subject=CANARY,
        text=CANARY,
        html=CANARY,
        status="failed",
        claimed_at=timezone.now(),
    )
    return Foreign(summit, OrderView.objects.get(pk=order.pk), notification)


@pytest.fixture
def seated(summit: Summit) -> OrderView:
    """A confirmed order of ours with two seats, one of them assigned."""
    order = summit.confirmed((summit.general, 2))
    seat_assignments.assign_seat(
        order_id=order.pk, position=0, attendee=ATTENDEE, now=NOW
    )
    return order


@pytest.fixture
def mail(seated) -> Notification:
    """A mail to the registrant that failed."""
    return Notification.objects.create(
        kind="confirmation",
        key=str(seated.pk),
        order_id=seated.pk,
        organization_id=seated.organization_id,
        recipient=seated.email,
        subject="Order confirmed",
        text="Plain text",
        html="<b>markup</b><script>alert(1)</script>",
        status="failed",
        error="Connection refused",
        claimed_at=timezone.now(),
    )


@pytest.fixture
def needs_attention(make_summit, db) -> Callable[[], tuple[Summit, OrderView]]:
    """An expired order whose late payment could not be given back."""

    def make() -> tuple[Summit, OrderView]:
        summit = make_summit(quotas=(2, 0, 0))
        late = summit.paid_too_late((summit.general, 2))
        refund_fails(late, error="The card is closed.")
        return summit, OrderView.objects.get(pk=late.order_id)

    return make


@pytest.fixture
def taxed(make_summit: Callable[..., Summit], contoso) -> Summit:
    return make_summit(tax_name="VAT", tax_rate=Decimal(25))


@pytest.fixture
def moved(taxed) -> OrderView:
    """199.00 came in, 100.00 went back."""
    order = taxed.ready((taxed.general, 1))
    payment = pay(order.pk)
    refund = payments.request_refund(
        payment_id=payment.pk,
        amount=Decimal(100),
        reason=payments.ORGANIZER_REASON,
        now=NOW,
    )
    refund_results.record_done(
        refund.pk, expected=[refund.Status.REQUESTED], now=NOW + minutes(1)
    )
    return OrderView.objects.get(pk=order.pk)


@pytest.fixture
def late(needs_attention) -> tuple[OrderView, Case, Case]:
    """An order, the case of its late payment and that of the refund that failed."""
    _summit, order = needs_attention()
    of_kind = {case.kind: case for case in Case.objects.all()}
    assert set(of_kind) == {Case.Kind.LATE, Case.Kind.REFUND_FAILED}
    return order, of_kind[Case.Kind.LATE], of_kind[Case.Kind.REFUND_FAILED]
