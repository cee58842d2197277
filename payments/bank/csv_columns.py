"""Finding the columns of a bank's CSV by their headers, English or German."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# What a column is about, and the headers that mean it, without signs and spaces.
HEADERS: dict[str, tuple[str, ...]] = {
    "date": (
        "buchungstag", "buchungsdatum", "datumderbuchung", "buchung", "datum",
        "bookingdate", "bookedon", "dateofbooking", "transactiondate", "postingdate",
        "posted", "completeddate", "date",
    ),
    "value_date": (
        "valuta", "valutadatum", "wertstellung", "wertstellungsdatum", "valuedate",
    ),
    "amount": ("betrag", "umsatz", "transactionamount", "amount", "bookingamount"),
    "credit": (
        "haben", "gutschrift", "eingang", "einnahmen", "credit", "creditamount",
        "paidin", "moneyin", "deposit", "deposits",
    ),
    "debit": (
        "soll", "belastung", "ausgang", "ausgaben", "debit", "debitamount",
        "paidout", "moneyout", "withdrawal", "withdrawals",
    ),
    "direction": (
        "sollhaben", "sollhabenkennzeichen", "shkennzeichen", "sh", "kennzeichen",
        "creditdebit", "debitcredit", "creditdebitindicator", "crdr", "drcr",
    ),
    "currency": ("waehrung", "waehrg", "kontowaehrung", "currency", "ccy"),
    "purpose": (
        "verwendungszweck", "zweck", "vwz", "buchungsdetails", "zahlungszweck",
        "purpose", "paymentpurpose", "remittanceinformation", "paymentreference",
        "details", "paymentdetails", "description", "memo", "narrative", "reference",
    ),
    "name": (
        "name", "beguenstigterzahlungspflichtiger", "beguenstigterauftraggeber",
        "auftraggeberbeguenstigter", "auftraggeberempfaenger", "auftraggeber",
        "zahlungspflichtiger", "zahlungspflichtige", "zahlungspflichtigerr",
        "namezahlungsbeteiligter", "zahlungsbeteiligter", "zahlungspflichtigername",
        "nameauftraggeber", "partner", "partnername", "payer", "payername",
        "payeepayer", "payerpayee", "debtor", "debtorname", "counterparty",
        "counterpartyname", "nameofcounterparty", "sender", "sendername",
    ),
    "iban": (
        "iban", "ibanzahlungsbeteiligter", "ibanauftraggeber", "kontonummeriban",
        "ibankontonummer", "kontonummer", "partneriban", "payeriban", "debtoriban",
        "counterpartyiban", "ibanofcounterparty", "counterpartyaccount", "senderiban",
        "accountnumber", "partneraccount",
    ),
    "account": (
        "auftragskonto", "ibanauftragskonto", "konto", "eigeneskonto", "eigeneiban",
        "account", "ownaccount", "owniban", "accountiban",
    ),
    "end_to_end": (
        "endtoendreferenz", "kundenreferenzendtoend", "kundenreferenz", "endtoendid",
        "endtoendreference", "endtoend",
    ),
    "bank_reference": (
        "bankreferenz", "buchungsreferenz", "transaktionsid", "transaktionsnummer",
        "bankreference", "transactionid", "transactionreference", "entryreference",
    ),
    "status": ("status", "umsatzstatus", "info", "state"),
}  # fmt: skip
MEANINGS = {header: kind for kind, names in HEADERS.items() for header in names}
_CURRENCY_BEHIND = re.compile(r"[\s(\[]+(?:in\s+)?([A-Za-z]{3}|€)[)\]]?\s*$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_MONEY = {"amount", "credit", "debit"}


@dataclass(frozen=True)
class Columns:
    """Where in a row what stands; `titles` are the headers as the file has them."""

    titles: tuple[str, ...]
    places: dict[str, tuple[int, ...]]
    currency: str

    def is_enough(self) -> bool:
        has_date = {"date", "value_date"} & self.places.keys()
        return bool(has_date and _MONEY & self.places.keys())

    def texts(self, kind: str, row: Sequence[str]) -> list[str]:
        places = self.places.get(kind, ())
        found = [row[place].strip() for place in places if place < len(row)]
        return [text for text in found if text]

    def text(self, kind: str, row: Sequence[str]) -> str:
        return next(iter(self.texts(kind, row)), "")

    def title(self, kind: str) -> str:
        places = self.places.get(kind)
        return self.titles[places[0]] if places else kind


def columns(header: Sequence[str]) -> Columns:
    places: dict[str, list[int]] = {}
    currency = ""
    for place, title in enumerate(header):
        kind, said = _meaning(title)
        if kind:
            places.setdefault(kind, []).append(place)
            currency = currency or (said if kind in _MONEY else "")
    return Columns(
        titles=tuple(title.strip() for title in header),
        places={kind: tuple(found) for kind, found in places.items()},
        currency=currency,
    )


def _meaning(title: str) -> tuple[str, str]:
    """What the column is about, and the currency that its header names."""
    if behind := _CURRENCY_BEHIND.search(title):
        kind = MEANINGS.get(_plain(title[: behind.start()]), "")
        if kind in _MONEY:
            return kind, "EUR" if behind[1] == "€" else behind[1].upper()
    plain = _plain(title)
    # Verwendungszweck 1, 2, ... and Name 1
    return MEANINGS.get(plain) or MEANINGS.get(plain.rstrip("0123456789"), ""), ""


def _plain(title: str) -> str:
    """Lower case letters and digits, umlauts as two letters, without any signs."""
    small = title.strip().casefold().replace("*", "").translate(_UMLAUTS)
    bare = unicodedata.normalize("NFKD", small)
    return "".join(sign for sign in bare if sign.isascii() and sign.isalnum())
