"""Statements in the banks' XML, CAMT.053, whatever its version."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from payments.bank import texts, xml_nodes
from payments.bank.entries import (
    NO_REFERENCE,
    StatementEntry,
    StatementInvalid,
    is_keepable,
)
from payments.bank.xml_nodes import Node

ROOT = "BkToCstmrStmt"
_FORMAT = re.compile(r"camt\.(\d{3})\.")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,5})?", re.ASCII)


def read(content: bytes) -> Iterator[StatementEntry]:
    """The booked movements in the file's order. Raises StatementInvalid."""
    root = xml_nodes.read(content)
    message = root.one(ROOT)
    if root.name != "Document" or message is None:
        raise StatementInvalid(_not_a_statement(root))
    for statement in message.all("Stmt"):
        account = _account(statement)
        for entry in statement.all("Ntry"):
            if _is_booked(entry):
                yield from _Entry(account, entry).movements()


def _not_a_statement(root: Node) -> str:
    found = _FORMAT.search(root.namespace)
    if found and found[1] != "053":
        return (
            _(
                "This is a CAMT.%s file, which is no statement of what was booked."
                " Export CAMT.053 from your bank."
            )
            % (found[1])
        )
    return _("This XML is no CAMT.053 statement. Export CAMT.053 or CSV instead.")


def _account(statement: Node) -> str:
    return texts.account(statement.said("Acct/Id/IBAN", "Acct/Id/Othr/Id"))


def _is_booked(entry: Node) -> bool:
    """Version 08 says it one deeper. A statement that does not say lists what is."""
    return entry.said("Sts/Cd", "Sts") in {"", "BOOK"}


@dataclass(frozen=True)
class _Entry:
    account: str
    node: Node

    def movements(self) -> Iterator[StatementEntry]:
        """One, or one per transaction of a batch whose parts add up to it."""
        whole = self._amount(self.node)
        details = list(self.node.all("NtryDtls/TxDtls"))
        if len(details) <= 1:
            yield self._movement(whole, details[0] if details else self.node)
            return
        parts = [self._part(detail) for detail in details]
        known = [part for part in parts if part is not None]
        if len(known) == len(parts) and sum(known) == whole[0]:
            for part, detail in zip(known, details, strict=True):
                yield self._movement((part, whole[1]), detail)
        else:
            # Who paid what of it cannot be told: somebody has to look.
            yield self._movement(whole, self.node)

    def _movement(self, amount: tuple[Decimal, str], detail: Node) -> StatementEntry:
        is_reversal = self._is_reversal(detail)
        # Taken back, it still names the parties as when it came.
        other = "Dbtr" if (amount[0] > 0) != is_reversal else "Cdtr"
        return StatementEntry(
            account=self.account,
            booked_on=self._day(),
            amount=amount[0],
            currency=amount[1],
            purpose=self._purpose(detail),
            payer_name=texts.line(
                detail.said(
                    f"RltdPties/{other}/Nm",
                    f"RltdPties/{other}/Pty/Nm",
                    f"RltdPties/Ultmt{other}/Nm",
                    f"RltdPties/Ultmt{other}/Pty/Nm",
                ),
                texts.LONGEST_NAME,
            ),
            payer_iban=texts.account(
                detail.said(
                    f"RltdPties/{other}Acct/Id/IBAN",
                    f"RltdPties/{other}Acct/Id/Othr/Id",
                )
            ),
            end_to_end=_reference(detail.said("Refs/EndToEndId")),
            bank_reference=self._bank_reference(detail),
            is_reversal=is_reversal,
        )

    def _amount(self, node: Node) -> tuple[Decimal, str]:
        amount = node.one("Amt")
        if amount is None:
            raise self._invalid(node, _("the amount (Amt) is missing"))
        value = self._value(amount)
        currency = amount.attributes.get("Ccy", "")
        if _CURRENCY.fullmatch(currency) is None:
            raise self._invalid(amount, _("the currency (Ccy) is missing"))
        return self._signed(node, value), currency

    def _part(self, detail: Node) -> Decimal | None:
        """What one transaction of a batch adds, in the account's currency."""
        currency = self._amount(self.node)[1]
        for path in ("Amt", "AmtDtls/TxAmt/Amt"):
            amount = detail.one(path)
            if amount is not None and amount.attributes.get("Ccy") == currency:
                indicated = detail if detail.one("CdtDbtInd") else self.node
                return self._signed(indicated, self._value(amount))
        return None

    def _value(self, amount: Node) -> Decimal:
        said = amount.text
        if _AMOUNT.fullmatch(said) and is_keepable(Decimal(said)):
            return Decimal(said)
        raise self._invalid(amount, _("“%s” is no amount") % said[:40])

    def _signed(self, node: Node, value: Decimal) -> Decimal:
        indicator = node.said("CdtDbtInd")
        if indicator not in {"CRDT", "DBIT"}:
            raise self._invalid(node, _("CdtDbtInd is neither CRDT nor DBIT"))
        return value if indicator == "CRDT" else -value

    def _day(self) -> date:
        said = self.node.said("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
        try:
            return date.fromisoformat(said[:10])
        except ValueError:
            where = self.node.one("BookgDt") or self.node
            raise self._invalid(
                where, _("the day of booking (BookgDt) is missing or damaged")
            ) from None

    def _purpose(self, detail: Node) -> str:
        """The payer's words; those of all payers where a batch stays whole."""
        details = [detail]
        if detail is self.node:
            details = list(detail.all("NtryDtls/TxDtls"))
        said = [words for one in details for words in _remittance(one)]
        if not any(said):
            said = [detail.said("AddtlTxInf"), self.node.said("AddtlNtryInf")]
        return texts.line(" ".join(filter(None, said)), texts.LONGEST_PURPOSE)

    def _bank_reference(self, detail: Node) -> str:
        """A batch has one reference, to which each part adds its own.

        Not NtryRef: many banks number the entries of each statement anew.
        """
        own = [
            _reference(detail.said("Refs/AcctSvcrRef", "Refs/TxId")),
            _reference(self.node.said("AcctSvcrRef")),
        ]
        return "/".join(dict.fromkeys(filter(None, own)))[: texts.LONGEST_REFERENCE]

    def _is_reversal(self, detail: Node) -> bool:
        said = self.node.said("RvslInd").lower()
        return said in {"true", "1"} or detail.one("RtrInf") is not None

    def _invalid(self, node: Node, what: str) -> StatementInvalid:
        place = _("Line %(line)d: %(what)s. Export the file from your bank again.")
        return StatementInvalid(place % {"line": node.line, "what": what})


def _remittance(detail: Node) -> Iterator[str]:
    for node in detail.all("RmtInf/Ustrd"):
        yield node.text
    for structured in detail.all("RmtInf/Strd"):
        yield structured.said("CdtrRefInf/Ref")
        for node in structured.all("AddtlRmtInf"):
            yield node.text


def _reference(text: str) -> str:
    said = texts.line(text, texts.LONGEST_REFERENCE)
    return "" if said.upper() in NO_REFERENCE else said
