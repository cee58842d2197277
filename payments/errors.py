"""What can go wrong in payments; most errors live where they are raised."""


class PaymentError(Exception):
    """Something payments refuse; `code` is for machines, the text is a sentence."""

    code = "payment-error"


class PaymentNotFound(PaymentError):
    """No payment has this id."""

    code = "payment-not-found"
