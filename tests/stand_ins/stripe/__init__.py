"""A local stand-in of Stripe: what our adapter and the official SDK use of it."""

from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.faults import Faults
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.stripe.webhooks import Webhooks, signature

__all__ = ["Books", "Faults", "StripeStandIn", "Webhooks", "signature"]
