"""Every kind of refusal a client of the API can meet: its status, and what it means.

The `type` of a problem is the address of its entry here (RFC 9457, section 3.1.1), and
the generated schema lists the codes. A code, once answered, never changes its meaning.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One code: its HTTP status, a short title, and what to do about it."""

    status: int
    title: Promise
    meaning: Promise


def _type(status: int, title: Promise, meaning: Promise) -> ProblemType:
    return ProblemType(status, title, meaning)


_ITEMS = _("Nothing was written. Correct the items and send them again.")
_SEATS = _("Nothing was cancelled. Name seats that belong to the order.")
_STATE = _("The order is in a state that does not allow this. Nothing was changed.")

PROBLEM_TYPES: dict[str, ProblemType] = {
    # What was sent cannot be used
    "invalid-input": _type(
        400,
        _("Invalid input"),
        _("`errors` names each field and what is wrong with it."),
    ),
    "malformed-body": _type(
        400,
        _("Malformed body"),
        _("The body is not a JSON object in UTF-8, or goes beyond what is accepted."),
    ),
    "bad-request": _type(
        400, _("Bad request"), _("The request line or a header cannot be used.")
    ),
    "invalid-items": _type(400, _("Invalid items"), _ITEMS),
    "no-items": _type(400, _("No items"), _ITEMS),
    "negative-quantity": _type(400, _("Negative quantity"), _ITEMS),
    "unknown-seat-type": _type(400, _("Unknown seat type"), _ITEMS),
    "seat-type-closed": _type(400, _("Seat type closed"), _ITEMS),
    "not-on-sale": _type(400, _("Not on sale"), _ITEMS),
    "too-many-seats": _type(400, _("Too many seats"), _ITEMS),
    "invalid-positions": _type(400, _("Invalid positions"), _SEATS),
    "no-seats-chosen": _type(400, _("No seats chosen"), _SEATS),
    "seats-not-held": _type(400, _("Seats not held"), _SEATS),
    "unknown-provider": _type(
        400, _("Unknown provider"), _("This way of paying is not offered here.")
    ),
    # Who asks, and for what
    "not-authenticated": _type(
        401,
        _("Not authenticated"),
        _("Send `Authorization: Order <access_token>` with this order's token."),
    ),
    "permission-denied": _type(
        403, _("Permission denied"), _("The credentials do not allow this.")
    ),
    "not-found": _type(
        404,
        _("Not found"),
        _("There is nothing at this address, or it is not yours to see."),
    ),
    "conference-closed": _type(
        409,
        _("Conference closed"),
        _("The conference is not published: it takes no new orders and payments."),
    ),
    "method-not-allowed": _type(
        405, _("Method not allowed"), _("`Allow` lists the methods of this address.")
    ),
    "not-acceptable": _type(
        406, _("Not acceptable"), _("Answers are `application/json`.")
    ),
    # The state forbids it
    "state-forbids": _type(409, _("State forbids"), _STATE),
    "order-already-placed": _type(409, _("Order already placed"), _STATE),
    "order-already-confirmed": _type(409, _("Order already confirmed"), _STATE),
    "order-already-expired": _type(409, _("Order already expired"), _STATE),
    "order-already-cancelled": _type(409, _("Order already cancelled"), _STATE),
    "order-not-confirmed": _type(409, _("Order not confirmed"), _STATE),
    "seats-not-reserved": _type(409, _("Seats not reserved"), _STATE),
    "registrant-missing": _type(409, _("Registrant missing"), _STATE),
    "payment-not-needed": _type(409, _("Payment not needed"), _STATE),
    "amount-not-payable": _type(409, _("Amount not payable"), _STATE),
    "payment-needed": _type(409, _("Payment needed"), _STATE),
    "assignment-closed": _type(409, _("Assignment closed"), _STATE),
    "cancellation-closed": _type(409, _("Cancellation closed"), _STATE),
    "quote-changed": _type(
        409,
        _("Quote changed"),
        _("Another amount would go back now. Nothing was cancelled: ask again."),
    ),
    "refund-not-possible": _type(409, _("Refund not possible"), _STATE),
    "nothing-to-settle": _type(409, _("Nothing to settle"), _STATE),
    "already-decided": _type(
        409,
        _("Already decided"),
        _("The provider has decided this payment the other way already."),
    ),
    "stale-version": _type(
        412,
        _("Stale version"),
        _("It was changed meanwhile: load it again, then repeat with the new `ETag`."),
    ),
    # The same request once more
    "invalid-idempotency-key": _type(
        400,
        _("Invalid Idempotency-Key"),
        _("A key has 1 to 255 printable ASCII characters, best a random UUID."),
    ),
    "idempotency-key-in-use": _type(
        409,
        _("Idempotency-Key in use"),
        _("The first request with this key is still under way: ask again shortly."),
    ),
    "idempotency-key-reused": _type(
        422,
        _("Idempotency-Key reused"),
        _("This key was used for another request. Use a new key for a new request."),
    ),
    "idempotency-answer-unreadable": _type(
        409,
        _("First answer unreadable"),
        _("The request was carried out, but the site's secret has changed since."),
    ),
    # Limits and disturbances
    "length-required": _type(
        411,
        _("Length required"),
        _("Send the body in one piece, with a `Content-Length`."),
    ),
    "body-too-large": _type(
        413, _("Body too large"), _("A body may have up to 1,000,000 bytes.")
    ),
    "unsupported-media-type": _type(
        415, _("Unsupported media type"), _("Send `application/json` in UTF-8.")
    ),
    "throttled": _type(
        429, _("Too many requests"), _("`Retry-After` says when to try again.")
    ),
    "internal-error": _type(
        500, _("Internal error"), _("The site failed. Nothing was written; try again.")
    ),
    "temporarily-unavailable": _type(
        503,
        _("Temporarily unavailable"),
        _("The site is too busy just now. Nothing was written; try again."),
    ),
}
