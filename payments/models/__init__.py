"""Payments and refunds, and what the providers told us.

The rules that the database can keep are constraints here; the rest is in
`transitions`, `refunds` and `callbacks`. Nothing else writes these tables.
"""

from payments.models.payment import Payment
from payments.models.provider_callback import ProviderCallback
from payments.models.refund import ORGANIZER_REASON, Refund
from payments.models.sandbox import SandboxRefund, SandboxTransaction

__all__ = [
    "ORGANIZER_REASON",
    "Payment",
    "ProviderCallback",
    "Refund",
    "SandboxRefund",
    "SandboxTransaction",
]
