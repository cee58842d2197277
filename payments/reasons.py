"""Why money goes back, in words; the codes are kept with the refunds."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "already-paid": _("The order was paid already"),
    "amount-differs": _("It is not what the order costs"),
    "order-cancelled": _("The order was cancelled"),
    "organizer": _("Given back by the organizer"),
    "paid-after-rejection": _("Paid after it had been rejected"),
    "order-cancelled-before": _("The order had been cancelled before"),
    "provider": _("Given back at the provider"),
    "seats-cancelled": _("Seats were cancelled"),
    "seats-gone": _("It came late and the seats were gone"),
}


def in_words(reason: str) -> str:
    """The reason for people to read; one that nobody described as it is."""
    return str(REASONS.get(reason, reason))
