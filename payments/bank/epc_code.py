"""The QR code that fills in a bank transfer in euros, as banking apps read it."""

import logging
from decimal import Decimal

import segno
from segno import helpers

logger = logging.getLogger(__name__)

CURRENCY = "EUR"


def epc_code(
    *,
    holder: str,
    iban: str,
    bic: str,
    amount: Decimal,
    currency: str,
    reference: str,
) -> segno.QRCode | None:
    """None where the standard has no code: without an account, not in euros."""
    if not iban or not holder or currency != CURRENCY:
        return None
    try:
        return helpers.make_epc_qr(
            name=" ".join(holder.split()),
            iban=iban,
            bic=bic or None,
            amount=amount,
            text=reference,
            encoding="utf-8",
        )
    except ValueError as refused:
        # Too small or too large an amount, or a name of too many bytes.
        logger.warning("No EPC code for %s: %s", reference, refused)
        return None
