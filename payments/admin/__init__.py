"""Organizers look at their payments and refunds here and do what is done by hand.

Nothing can be edited: the actions call the services, after a question where money is
at stake.
"""

from payments.admin.bank_statement import BankStatementAdmin
from payments.admin.bank_transfer import BankTransferAdmin
from payments.admin.callback import ProviderCallbackAdmin
from payments.admin.case import CaseAdmin
from payments.admin.dispute import DisputeAdmin
from payments.admin.payment import PaymentAdmin
from payments.admin.provider_call import ProviderCallAdmin
from payments.admin.refund import RefundAdmin

__all__ = [
    "BankStatementAdmin",
    "BankTransferAdmin",
    "CaseAdmin",
    "DisputeAdmin",
    "PaymentAdmin",
    "ProviderCallAdmin",
    "ProviderCallbackAdmin",
    "RefundAdmin",
]
