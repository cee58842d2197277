"""Statements as banks export them, put together from what a test wants to say."""

from decimal import Decimal
from xml.sax.saxutils import escape

OURS = "DE89370400440532013000"
THEIRS = "DE02120300000000202051"
VERSIONS = ("02", "04", "08")


def camt(*entries: str, version: str = "08", account: str = OURS) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>M1</MsgId><CreDtTm>2030-05-02T08:00:00+02:00</CreDtTm></GrpHdr>
    <Stmt>
      <Id>S1</Id>
      <Acct><Id><IBAN>{account}</IBAN></Id></Acct>
      {"".join(entries)}
    </Stmt>
  </BkToCstmrStmt>
</Document>""".encode()


def entry(
    amount: str = "199.00",
    *details: str,
    currency: str = "EUR",
    sign: str = "CRDT",
    day: str = "2030-05-02",
    status: str = "BOOK",
    version: str = "08",
    reference: str = "",
    extra: str = "",
) -> str:
    """One Ntry; version 08 says its status one deeper than the older ones."""
    said = f"<Cd>{status}</Cd>" if version == "08" else status
    own = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    body = f"<NtryDtls>{''.join(details)}</NtryDtls>" if details else ""
    return f"""
      <Ntry>
        <NtryRef>1</NtryRef>
        <Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{extra}
        <Sts>{said}</Sts>
        <BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>
        {own}{body}
      </Ntry>"""


def details(
    purpose: str = "",
    *,
    name: str = "Registrant One",
    iban: str = THEIRS,
    amount: str = "",
    reference: str = "",
    end_to_end: str = "NOTPROVIDED",
    version: str = "08",
    extra: str = "",
) -> str:
    """One TxDtls; version 08 puts the name one deeper than the older ones."""
    party = f"<Pty><Nm>{escape(name)}</Nm></Pty>"
    if version != "08":
        party = f"<Nm>{escape(name)}</Nm>"
    own = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    part = f'<Amt Ccy="EUR">{amount}</Amt>' if amount else ""
    return f"""
          <TxDtls>
            <Refs>{own}<EndToEndId>{escape(end_to_end)}</EndToEndId></Refs>{part}
            <RltdPties>
              <Dbtr>{party}</Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>
            </RltdPties>
            <RmtInf><Ustrd>{escape(purpose)}</Ustrd></RmtInf>{extra}
          </TxDtls>"""


def paying(
    code: str,
    amount: Decimal | str = "199.00",
    *,
    day: str = "2030-05-02",
    **more: str,
) -> str:
    """The entry of a transfer that somebody made for an order."""
    return entry(f"{amount}", details(code, **more), day=day)


def german(*lines: str) -> bytes:
    """A savings bank's CSV, in the encoding of old Windows."""
    head = "Buchungstag;Betrag;Waehrung;Verwendungszweck;Name;IBAN"
    return "\r\n".join([head, *lines]).encode("cp1252")
