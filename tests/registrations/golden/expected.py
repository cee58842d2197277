"""What each stored example means today, by the name of its file."""

from tests.registrations.golden import conference, order, payment_account, seats

EVENTS: dict[str, list[object]] = {
    **conference.EVENTS,
    **seats.EVENTS,
    **order.EVENTS,
    **payment_account.EVENTS,
}
