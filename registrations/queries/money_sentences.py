"""What each event of a payment's money says in one sentence."""

from django.utils.translation import gettext as _

from registrations.domain import payment_account as account
from registrations.domain.tax_parts import gross
from registrations.queries.sentences import Names, amount_of, says


@says(account.PaymentCharged)
def _charged(event: account.PaymentCharged, names: Names) -> str:
    return _("%(amount)s came in by %(method)s.") % {
        "amount": amount_of(event.amount, event.currency),
        "method": names.providers.get(event.method, event.method),
    }


@says(account.PaymentAllotted)
def _allotted(event: account.PaymentAllotted, names: Names) -> str:
    amount = amount_of(gross(event.parts), event.currency)
    return _("%s that came in before pays for the order now.") % amount


@says(account.PaymentGivenBack)
def _given_back(event: account.PaymentGivenBack, names: Names) -> str:
    return _("%(amount)s went back by %(method)s.") % {
        "amount": amount_of(event.amount, event.currency),
        "method": names.providers.get(event.method, event.method),
    }


@says(account.PaymentFeeCharged)
def _fee_charged(event: account.PaymentFeeCharged, names: Names) -> str:
    kept, returned = (
        _("%(method)s keeps a fee of %(amount)s."),
        _("%(method)s gives a fee of %(amount)s back."),
    )
    return (kept if event.amount > 0 else returned) % {
        "amount": amount_of(abs(event.amount), event.currency),
        "method": names.providers.get(event.method, event.method),
    }


@says(account.PaymentDisputed)
def _disputed(event: account.PaymentDisputed, names: Names) -> str:
    amount = amount_of(event.amount, event.currency)
    return _("The payment is disputed: the payer's bank took %s back.") % amount


@says(account.PaymentDisputeWon)
def _dispute_won(event: account.PaymentDisputeWon, names: Names) -> str:
    amount = amount_of(event.amount, event.currency)
    return _("The dispute was won: %s came back.") % amount


@says(account.PaymentDisputeLost)
def _dispute_lost(event: account.PaymentDisputeLost, names: Names) -> str:
    amount = amount_of(event.amount, event.currency)
    return _("The dispute was lost: %s is gone.") % amount
