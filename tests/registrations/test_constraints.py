"""What the database itself refuses, whatever the code says."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from registrations.models import (
    ConferenceView,
    Notification,
    OrderAccessToken,
    OrderSeat,
    OrderView,
    RegistrationProcess,
    SeatTypeView,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def again(row, **changes) -> None:
    """The same row once more, under another key."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
    }
    key = row._meta.pk.attname
    values[key] = uuid4() if isinstance(row.pk, UUID) else None
    type(row)._default_manager.create(**values | changes)


@pytest.fixture
def rows(summit):
    summit.confirmed((summit.general, 1))
    token = OrderAccessToken.objects.create(
        order_id=summit.id, token_hash="0" * 64, issued_at=NOW
    )
    notification = Notification.objects.create(
        kind="confirmation",
        key="1",
        order_id=summit.id,
        organization_id=summit.organization_id,
        recipient="registrant@example.org",
        claimed_at=NOW,
    )
    return {
        "order_view_code_once": OrderView.objects.get(),
        "order_seat_position_once": OrderSeat.objects.get(),
        "conference_view_slug_once": ConferenceView.objects.get(),
        "order_access_token_once": token,
        "notification_once": notification,
    }


@pytest.mark.parametrize(
    "constraint",
    [
        "order_view_code_once",
        "order_seat_position_once",
        "conference_view_slug_once",
        "order_access_token_once",
        "notification_once",
    ],
)
def test_once_is_once(rows, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        again(rows[constraint])


@pytest.mark.parametrize("changes", [{"held": -1}, {"sold": -1}])
def test_counts_are_not_negative(summit, changes):
    seats = SeatTypeView.objects.filter(pk=summit.general)
    with pytest.raises(IntegrityError, match="not_negative"), transaction.atomic():
        seats.update(**changes)


def test_one_process_per_order(summit):
    order = summit.place((summit.general, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrationProcess.objects.create(
            order_id=order.pk, conference_id=summit.id, state="not_started"
        )
