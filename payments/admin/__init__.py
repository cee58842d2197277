"""Organizers look at their payments and refunds here and do what is done by hand.

Nothing can be edited: the actions call the services, after a question where money is
at stake.
"""

from payments.admin.callback import ProviderCallbackAdmin
from payments.admin.payment import PaymentAdmin
from payments.admin.refund import RefundAdmin

__all__ = ["PaymentAdmin", "ProviderCallbackAdmin", "RefundAdmin"]
