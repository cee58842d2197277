"""Faults for a ledger: what is done to the tables, which rules must notice."""

# ruff: noqa: S608 the names of our own tables, nothing that anybody typed

LEDGER = "registrations_ledgerentry"
EVENT = "eventstore_event"
PAYMENT = "payments_payment"
IN_DATA = f"UPDATE {EVENT} SET data = jsonb_set(data, "
COPY = (
    "gen_random_uuid(), position, organization_id, conference_id, order_id, order_code,"
    " payment_id, kind, method, currency, tax_name, tax_rate, gross, net, tax,"
    " reference_id, occurred_at"
)
STRANGER = "'\"00000000-0000-0000-0000-000000000000\"'"

# One charge of an order that was paid with VAT, one of money that came too late
FAULTS: dict[str, tuple[str, set[str]]] = {
    # The rows
    "entry lost": (
        f"DELETE FROM {LEDGER} WHERE kind = 'refund'",
        {"ledger-rows-differ", "ledger-balance-differs"},
    ),
    "entry twice": (
        f"INSERT INTO {LEDGER} SELECT {COPY} FROM {LEDGER} WHERE kind = 'fee'",
        {"ledger-rows-differ", "ledger-balance-differs"},
    ),
    "entry of another amount": (
        f"UPDATE {LEDGER} SET gross = gross + 1, net = net + 1 WHERE kind = 'dispute'",
        {"ledger-rows-differ", "ledger-balance-differs"},
    ),
    "entry with another tax": (
        f"UPDATE {LEDGER} SET net = net + 1, tax = tax - 1 WHERE kind = 'dispute'",
        {"ledger-rows-differ"},
    ),
    "entry of another rate": (
        f"UPDATE {LEDGER} SET tax_rate = 7 WHERE kind = 'dispute'",
        {"ledger-rows-differ"},
    ),
    "entry of another method": (
        f"UPDATE {LEDGER} SET method = 'invoice' WHERE kind = 'dispute'",
        {"ledger-rows-differ"},
    ),
    "entry of another time": (
        f"UPDATE {LEDGER} SET occurred_at = occurred_at + interval '1 month'",
        {"ledger-rows-differ"},
    ),
    "entry of another conference": (
        f"UPDATE {LEDGER} SET conference_id = gen_random_uuid() WHERE kind = 'fee'",
        {"ledger-rows-differ", "ledger-balance-differs"},
    ),
    "entry in another currency": (
        f"UPDATE {LEDGER} SET currency = 'EUR' WHERE kind = 'fee'",
        {"ledger-rows-differ", "ledger-balance-differs"},
    ),
    "entry of no payment": (
        f"UPDATE {LEDGER} SET payment_id = gen_random_uuid() WHERE kind = 'fee'",
        {"ledger-rows-differ"},
    ),
    # The events
    "charge lost": (
        f"DELETE FROM {EVENT} WHERE type = 'payment-charged'",
        {"charged-is-what-was-taken", "ledger-rows-differ", "stream-has-gaps"},
    ),
    "refund lost": (
        f"DELETE FROM {EVENT} WHERE type = 'payment-given-back'",
        {"given-back-is-what-was-refunded", "ledger-rows-differ"},
    ),
    "refund of more": (
        f"{IN_DATA}'{{amount}}', '\"100000.00\"') WHERE type = 'payment-given-back'",
        {"given-back-is-what-was-refunded", "parts-are-the-amount"},
    ),
    "dispute lost": (
        f"DELETE FROM {EVENT} WHERE type = 'payment-disputed'",
        {"disputed-is-what-is-on-record", "ledger-rows-differ"},
    ),
    "end of a dispute lost": (
        f"DELETE FROM {EVENT} WHERE type = 'payment-dispute-won'",
        {"disputed-is-what-is-on-record", "ledger-rows-differ"},
    ),
    "fee of another amount": (
        f"{IN_DATA}'{{amount}}', '\"1.00\"') WHERE type = 'payment-fee-charged'",
        {"fee-is-what-is-on-record", "ledger-rows-differ"},
    ),
    "event of another order": (
        f"{IN_DATA}'{{order_id}}', {STRANGER}) WHERE type = 'payment-fee-charged'",
        {"account-of-one-payment", "ledger-rows-differ"},
    ),
    "event in another currency": (
        f"{IN_DATA}'{{currency}}', '\"EUR\"') WHERE type = 'payment-fee-charged'",
        {"account-of-one-payment", "ledger-rows-differ"},
    ),
    "event with another split": (
        f"{IN_DATA}'{{parts,0,net}}', '\"1.00\"') WHERE type = 'payment-charged'",
        {"parts-are-the-amount", "paid-order-has-its-taxes", "no-tax-below-zero"},
    ),
    "order of another tax": (
        f"{IN_DATA}'{{tax_total}}', '\"0.01\"') WHERE type = 'order-totals-calculated'",
        {"paid-order-has-its-taxes"},
    ),
    # What payments have on record
    "payment of another amount": (
        f"UPDATE {PAYMENT} SET amount = amount + 1 WHERE status = 'completed'",
        {"charged-is-what-was-taken", "ledger-balance-differs"},
    ),
    "payment in another currency": (
        f"UPDATE {PAYMENT} SET currency = 'EUR' WHERE status = 'completed'",
        {"account-of-one-payment", "ledger-balance-differs"},
    ),
    "payment never taken": (
        (
            f"UPDATE {PAYMENT} SET status = 'initiated', completed_at = NULL"
            " WHERE status = 'completed'"
        ),
        {"charged-is-what-was-taken"},
    ),
    "refund on record lost": (
        "UPDATE payments_refund SET status = 'requested', done_at = NULL",
        {"given-back-is-what-was-refunded", "ledger-balance-differs"},
    ),
    "dispute of another amount": (
        "UPDATE payments_dispute SET amount = amount - 1 WHERE status = 'lost'",
        {"disputed-is-what-is-on-record", "ledger-balance-differs"},
    ),
    "dispute with another end": (
        "UPDATE payments_dispute SET status = 'won' WHERE status = 'lost'",
        {"disputed-is-what-is-on-record", "ledger-balance-differs"},
    ),
    "fee on record lost": (
        "DELETE FROM payments_providerfee",
        {"fee-is-what-is-on-record", "ledger-balance-differs"},
    ),
    "payment lost": (
        f"DELETE FROM {PAYMENT} WHERE id IN (SELECT payment_id FROM payments_dispute)",
        {"account-of-no-payment", "ledger-balance-differs"},
    ),
}
