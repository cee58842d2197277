"""Payments, refunds and disputes, and what was said between providers and us.

The rules that the database can keep are constraints here; the rest is in
`transitions`, `refunds`, `disputes` and `callbacks`. Nothing else writes these tables.
"""

from payments.models.bank_statement import BankStatement
from payments.models.bank_transfer import BankTransfer
from payments.models.case import Case
from payments.models.dispute import Dispute
from payments.models.payment import Payment
from payments.models.provider_call import ProviderCall
from payments.models.provider_callback import ProviderCallback
from payments.models.provider_cursor import ProviderCursor
from payments.models.provider_fee import ProviderFee
from payments.models.refund import (
    CANCELLATION_REASON,
    ORGANIZER_REASON,
    PROVIDER_REASON,
    Refund,
)
from payments.models.sandbox import SandboxRefund, SandboxTransaction

__all__ = [
    "CANCELLATION_REASON",
    "ORGANIZER_REASON",
    "PROVIDER_REASON",
    "BankStatement",
    "BankTransfer",
    "Case",
    "Dispute",
    "Payment",
    "ProviderCall",
    "ProviderCallback",
    "ProviderCursor",
    "ProviderFee",
    "Refund",
    "SandboxRefund",
    "SandboxTransaction",
]
