"""What the offers of a conference come to, as pages sum them up."""

from collections.abc import Sequence
from decimal import Decimal

from registrations.domain.values import Money
from registrations.queries.conference_view import SeatTypeOffer

# From the most hopeful to the least.
REASONS = ("on_sale", "not_yet", "ended", "closed")


def why_none(offers: Sequence[SeatTypeOffer]) -> str:
    """Why no seat can be chosen; empty if one can be.

    "on_sale" means sold out: seats that are not paid for come back.
    """
    if any(offer.selectable for offer in offers):
        return ""
    states = {offer.sale_state for offer in offers}
    return next((reason for reason in REASONS if reason in states), "not_announced")


def prices_to_pay(
    offers: Sequence[SeatTypeOffer], tax_rate: Decimal | None
) -> list[Money]:
    """What one seat of each kind that can be bought now costs, tax included."""
    return sorted(
        (_gross(offer, tax_rate) for offer in offers if offer.selectable),
        key=lambda price: price.amount,
    )


def _gross(offer: SeatTypeOffer, tax_rate: Decimal | None) -> Money:
    if offer.price_includes_tax or not tax_rate:
        return offer.price
    amount = offer.price.amount * (1 + tax_rate / 100)
    return Money.of(amount, offer.price.currency)
