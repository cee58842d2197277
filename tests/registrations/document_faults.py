"""Faults for documents: what is done to the tables, which rules must notice."""

# ruff: noqa: S608 the names of our own tables, nothing that anybody typed

DOCUMENT = "registrations_document"
SERIES = "registrations_documentseries"
NOTE = "kind = 'credit_note' AND refund_id IS NOT NULL"
WITHDRAWN = "kind = 'credit_note' AND refund_id IS NULL"

# A receipt with a credit note over a part, and an invoice that was taken back
FAULTS: dict[str, tuple[str, set[str]]] = {
    "number left out": (
        f"UPDATE {DOCUMENT} SET number = 7 WHERE kind = 'receipt'",
        {"document-numbers-without-gap"},
    ),
    "number given to nobody": (
        f"UPDATE {SERIES} SET last = last + 1 WHERE kind = 'invoice'",
        {"document-numbers-without-gap"},
    ),
    "series of nothing": (
        f"UPDATE {SERIES} SET organization_id = gen_random_uuid()",
        {"document-numbers-without-gap"},
    ),
    "another buyer": (
        (
            f"UPDATE {DOCUMENT} SET content = jsonb_set(content, '{{buyer, name}}',"
            " '\"Somebody\"') WHERE kind = 'receipt'"
        ),
        {"document-content-unchanged"},
    ),
    "another file": (
        f"UPDATE {DOCUMENT} SET pdf = '%PDF'::bytea WHERE pdf IS NOT NULL",
        {"document-file-unchanged"},
    ),
    "another total": (
        (
            f"UPDATE {DOCUMENT} SET total = total + 1, net = net + 1"
            " WHERE kind = 'receipt'"
        ),
        {"document-sums-differ"},
    ),
    "credit note over another order's": (
        f"UPDATE {DOCUMENT} SET order_id = gen_random_uuid() WHERE {NOTE}",
        {"credit-note-corrects-a-sale"},
    ),
    "credit note over too much": (
        f"UPDATE {DOCUMENT} SET total = 9999, net = 9999 - tax WHERE {NOTE}",
        {"corrections-never-exceed", "refunds-have-credit-notes"},
    ),
    "receipt lost": (
        f"DELETE FROM {DOCUMENT} WHERE kind = 'receipt'",
        {"paid-order-has-its-document", "document-numbers-without-gap"},
    ),
    "invoice not taken back": (
        f"DELETE FROM {DOCUMENT} WHERE {WITHDRAWN}",
        {"unpaid-invoice-is-taken-back"},
    ),
    "credit note lost": (
        f"DELETE FROM {DOCUMENT} WHERE {NOTE}",
        {"refunds-have-credit-notes"},
    ),
}
