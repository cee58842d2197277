"""What the domain refuses, in the words of the pages."""

from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.domain import errors
from registrations.domain.errors import DomainError
from registrations.domain.values import InvalidPersonalInfo

SENTENCES: dict[type[DomainError], Promise] = {
    errors.NoItems: gettext_lazy("Choose at least one seat."),
    errors.NegativeQuantity: gettext_lazy("A quantity cannot be negative."),
    errors.UnknownSeatType: gettext_lazy(
        "This conference has no such seat type. Choose from the list below."
    ),
    errors.SeatTypeClosed: gettext_lazy(
        "These seats are not offered any more. Choose another kind."
    ),
    errors.NotOnSale: gettext_lazy("These seats are not on sale now."),
    errors.ConferenceClosed: gettext_lazy(
        "Registration for this conference is closed: nothing can be ordered, changed or"
        " paid at the moment."
    ),
    errors.OrderAlreadyConfirmed: gettext_lazy(
        "This order is already complete and cannot be changed any more."
    ),
    errors.OrderAlreadyExpired: gettext_lazy(
        "The time to complete this order has ended and its seats were released."
    ),
    errors.OrderAlreadyCancelled: gettext_lazy("This order was cancelled."),
    errors.OrderNotConfirmed: gettext_lazy("This order is not complete yet."),
    errors.SeatsNotReserved: gettext_lazy(
        "Not all the seats you asked for are reserved. Accept what is, or change it."
    ),
    errors.RegistrantMissing: gettext_lazy("Enter your name and e-mail address first."),
    errors.PaymentNotNeeded: gettext_lazy(
        "The total has changed: this order is free of charge now. Please check it."
    ),
    errors.PaymentNeeded: gettext_lazy(
        "The total has changed: this order is to be paid now. Please check it."
    ),
    errors.UnknownProvider: gettext_lazy("Choose one of the ways to pay."),
    errors.AmountNotPayable: gettext_lazy(
        "An amount this large cannot be paid at once. Please place two orders."
    ),
    errors.AssignmentClosed: gettext_lazy(
        "Seats of this conference can no longer be assigned here."
    ),
    errors.CancellationClosed: gettext_lazy(
        "It is too late to cancel this order here."
    ),
    errors.NoSeatsChosen: gettext_lazy("Choose at least one seat."),
    errors.SeatsNotHeld: gettext_lazy(
        "Some of these seats do not belong to this order any more. Choose again."
    ),
    errors.QuoteChanged: gettext_lazy(
        "The amount that is given back has changed. Look at it again."
    ),
    errors.StaleVersion: gettext_lazy(
        "This was changed in another window meanwhile. Check it and submit again."
    ),
}

PERSON_SENTENCES: dict[str, Promise] = {
    "first_name": gettext_lazy("Enter the first name."),
    "last_name": gettext_lazy("Enter the last name."),
    "email": gettext_lazy("Enter a valid e-mail address, like name@example.org."),
}


@dataclass(frozen=True)
class Problem:
    """One line of the error summary; target is the id of the field to go to."""

    sentence: str
    target: str


def sentence_for(refusal: DomainError) -> str:
    if isinstance(refusal, errors.TooManySeats):
        return _("At most %(limit)d of these can be ordered at once.") % {
            "limit": refusal.limit
        }
    for known in type(refusal).__mro__:
        if known in SENTENCES:
            return str(SENTENCES[known])
    return str(refusal)


def sentence_for_person(fault: InvalidPersonalInfo, typed: str) -> str:
    if typed.strip() and fault.field != "email":
        return _("Use up to 100 ordinary characters.")
    return str(PERSON_SENTENCES[fault.field])


def problems_of(form: BaseForm, *, of: str = "") -> list[Problem]:
    return [
        Problem(f"{of}: {sentence}" if of else str(sentence), _target(form, field))
        for field, sentences in form.errors.items()
        for sentence in sentences
    ]


def _target(form: BaseForm, field: str) -> str:
    if field == NON_FIELD_ERRORS:
        return ""
    return str(form[field].id_for_label or form[field].auto_id)
