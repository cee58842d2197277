"""From what a document says to its PDF: the same bytes for the same content, always."""

from datetime import UTC, datetime, time

from django.utils import translation
from django.utils.translation import gettext as _

from payments.bank.epc_code import epc_code
from registrations.documents import words
from registrations.documents.content import Account, Content
from registrations.documents.sheet import BODY, LEFT, WIDTH, Sheet
from registrations.documents.table import Column, draw_table
from registrations.documents.words import Words

CODE_SIZE = 34.0
# Cameras want white around a code, four of its squares wide.
QUIET_ZONE = 3.2


def rendered(content: Content) -> bytes:
    with translation.override(content.language):
        said = Words.of(content)
        sheet = _sheet(content, said)
        sheet.letter_head(
            sender=words.sender(content.seller),
            to=words.address(content.buyer, said),
            facts=words.facts(content, said),
        )
        sheet.name(words.title(content), content.conference)
        _lines(sheet, content, said)
        _totals(sheet, content, said)
        _closing(sheet, content, said)
        return bytes(sheet.output())


def _sheet(content: Content, said: Words) -> Sheet:
    sheet = Sheet(
        title=words.title(content),
        page_words=_("Page %(page)s of %(pages)s"),
        imprint=words.imprint(content.seller, said),
    )
    sheet.set_lang(content.language)
    sheet.set_author(content.seller.name)
    sheet.set_subject(content.conference)
    # No clock: the file is as old as the document.
    day = datetime.combine(content.issued_on, time(), tzinfo=UTC)
    sheet.set_creation_date(day)
    sheet.add_page()
    return sheet


def _lines(sheet: Sheet, content: Content, said: Words) -> None:
    is_taxed = any(part.rate is not None for part in content.taxes)
    price = words.price_heading(content.lines)
    if is_taxed:
        columns = [
            Column(_("Description"), 49, align="L"),
            Column(_("Qty"), 12),
            Column(price, 26),
            Column(_("Net"), 26),
            Column(_("Tax"), 24),
            Column(_("Amount"), 28),
        ]
    else:
        columns = [
            Column(_("Description"), 92, align="L"),
            Column(_("Qty"), 13),
            Column(price, 30),
            Column(_("Amount"), 30),
        ]
    rows = [
        [
            line.name,
            str(line.quantity),
            said.amount(line.unit_price),
            *([said.amount(line.net), said.amount(line.tax)] if is_taxed else []),
            said.amount(line.gross),
        ]
        for line in content.lines
    ]
    sheet.small(_("All amounts in %s.") % content.currency)
    draw_table(sheet, columns, rows)
    if note := words.price_note(content.lines):
        sheet.small(note)


def _totals(sheet: Sheet, content: Content, said: Words) -> None:
    """Net, each tax, and the total: never torn apart by a page's end."""
    taxed = [part for part in content.taxes if part.rate is not None]
    rows = []
    if taxed:
        rows.append((_("Net"), said.money(content.net)))
    for part in taxed:
        of = {
            "tax": part.tax_name,
            "rate": said.percent(part.rate),
            "net": said.money(part.net),
        }
        rows.append((_("%(tax)s %(rate)s of %(net)s") % of, said.money(part.tax)))
    sheet.totals(rows, (words.total_heading(content), said.money(content.total)))


def _closing(sheet: Sheet, content: Content, said: Words) -> None:
    for sentence in words.closing(content, said):
        sheet.paragraph(sentence)
    if content.account:
        _account(sheet, content, content.account)
    if content.note:
        sheet.paragraph(content.note)


def _account(sheet: Sheet, content: Content, account: Account) -> None:
    pairs = [
        (_("Pay to"), account.holder),
        (_("IBAN"), _in_fours(account.iban)),
        (_("BIC"), account.bic),
        (_("Reference"), content.order_code),
    ]
    code = epc_code(
        holder=account.holder,
        iban=account.iban,
        bic=account.bic,
        amount=content.total,
        currency=content.currency,
        reference=content.order_code,
    )
    given = [(name, value) for name, value in pairs if value]
    height = max(
        len(given) * BODY * 0.55 + 4, CODE_SIZE + QUIET_ZONE + 6 if code else 0
    )
    sheet.keep_together(height)
    top = sheet.get_y()
    sheet.pairs(given, x=LEFT, width=WIDTH - CODE_SIZE - 10 if code else WIDTH)
    if code:
        x = LEFT + WIDTH - CODE_SIZE
        sheet.picture_of(code.matrix, x=x, y=top, size=CODE_SIZE)
        sheet.set_xy(x, top + CODE_SIZE + QUIET_ZONE)
        sheet.write_small(_("For your banking app"), width=CODE_SIZE, align="C")
        sheet.set_y(max(sheet.get_y(), top + height))
    if account.instructions:
        sheet.paragraph(account.instructions)


def _in_fours(account: str) -> str:
    return " ".join(account[at : at + 4] for at in range(0, len(account), 4))
