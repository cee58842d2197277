"""Faults for a busy conference: what is done to the tables, which rules must notice."""

# ruff: noqa: S608 the names of our own tables, nothing that anybody typed

SEATS = "registrations_seattypeview"
ORDER = "registrations_orderview"
LINE = "registrations_orderlineview"
SEAT = "registrations_orderseat"
HELD = "registrations_seatreservation"
DUE = "eventstore_deadline"
EVENT = "eventstore_event"

ONE_PAYMENT = (
    "(SELECT id FROM payments_payment WHERE order_id ="
    " (SELECT id FROM registrations_orderview WHERE status = 'confirmed'))"
)
STRANGER = "'\"00000000-0000-0000-0000-000000000000\"'"
IN_DATA = "UPDATE eventstore_event SET data = jsonb_set(data, "
FAULTS: dict[str, tuple[str, set[str]]] = {
    "quota +1": (
        f"UPDATE {SEATS} SET quota = quota + 1 WHERE sold = 2",
        {"seat-counts-differ"},
    ),
    "held +1": (
        f"UPDATE {SEATS} SET held = held + 1 WHERE sold = 2",
        {"seat-counts-differ"},
    ),
    "sold +1": (
        f"UPDATE {SEATS} SET sold = sold + 1 WHERE sold = 2",
        {"seat-counts-differ"},
    ),
    "sold and held swapped": (
        f"UPDATE {SEATS} SET sold = held, held = sold WHERE held <> sold",
        {"seat-counts-differ"},
    ),
    "seat type lost": (f"DELETE FROM {SEATS} WHERE sold = 2", {"seat-counts-differ"}),
    "conference lost": (
        "DELETE FROM registrations_conferenceview",
        {"conference-row-lost"},
    ),
    "order lost": (
        f"DELETE FROM {ORDER} WHERE status = 'confirmed'",
        {"order-row-lost"},
    ),
    "order of another state": (
        f"UPDATE {ORDER} SET status = 'confirmed' WHERE status = 'expired'",
        {"order-row-differs"},
    ),
    "wrong total": (
        f"UPDATE {ORDER} SET total_amount = total_amount - 1 WHERE status = 'reserved'",
        {"order-row-differs"},
    ),
    "wrong hold": (
        (
            f"UPDATE {ORDER} SET hold_expires_at = hold_expires_at + interval '1 s'"
            " WHERE status = 'reserved'"
        ),
        {"order-row-differs"},
    ),
    "line lost": (f"DELETE FROM {LINE} WHERE reserved = 3", {"order-row-differs"}),
    "line with another quantity": (
        f"UPDATE {LINE} SET reserved = 4 WHERE reserved = 3",
        {"order-row-differs"},
    ),
    "line with another amount": (
        f"UPDATE {LINE} SET line_total_amount = 1 WHERE reserved = 3",
        {"order-row-differs"},
    ),
    "seat lost": (f"DELETE FROM {SEAT} WHERE position = 2", {"seat-row-differs"}),
    "seat twice": (
        (
            f"INSERT INTO {SEAT} SELECT gen_random_uuid(), order_id, order_code,"
            " conference_id, organization_id, position + 10, seat_type_id,"
            " seat_type_name, first_name, last_name, email, version"
            f" FROM {SEAT} WHERE position = 1"
        ),
        {"seat-row-differs"},
    ),
    "attendee on two seats of which one is his": (
        f"UPDATE {SEAT} SET email = 'attendee@example.org'",
        {"seat-row-differs"},
    ),
    "attendee lost": (
        f"UPDATE {SEAT} SET email = '' WHERE position = 1",
        {"seat-row-differs"},
    ),
    "reservation lost": (f"DELETE FROM {HELD}", {"reservation-row-differs"}),
    "reservation of more": (
        f"UPDATE {HELD} SET quantity = quantity + 1",
        {"reservation-row-differs"},
    ),
    "reservation that ends later": (
        f"UPDATE {HELD} SET expires_at = expires_at + interval '1 s'",
        {"reservation-row-differs"},
    ),
    "deadline lost": (f"DELETE FROM {DUE}", {"open-order-without-deadline"}),
    "deadline later": (
        f"UPDATE {DUE} SET due_at = due_at + interval '1 s'",
        {"deadline-is-the-end-of-the-hold"},
    ),
    "deadline given up": (f"UPDATE {DUE} SET attempts = 10", {"deadline-given-up"}),
    "deadline of another conference": (
        f"UPDATE {DUE} SET stream = 'availability-x'",
        {"deadline-of-another-conference"},
    ),
    "deadline of a confirmed order": (
        (
            f"INSERT INTO {DUE} (process, stream, key, due_at, attempts, error)"
            " SELECT process, stream,"
            f" (SELECT id FROM {ORDER} WHERE status = 'confirmed'), due_at, 0, ''"
            f" FROM {DUE}"
        ),
        {"deadline-of-a-closed-order"},
    ),
    "payment of another amount": (
        f"UPDATE payments_payment SET amount = amount + 1 WHERE id = {ONE_PAYMENT}",
        {"payment-is-what-was-accepted", "captured-is-what-the-order-believes"},
    ),
    "payment in another currency": (
        f"UPDATE payments_payment SET currency = 'EUR' WHERE id = {ONE_PAYMENT}",
        {"payment-is-what-was-accepted"},
    ),
    "payment never taken": (
        (
            "UPDATE payments_payment SET status = 'initiated', completed_at = NULL"
            f" WHERE id = {ONE_PAYMENT}"
        ),
        {"captured-is-what-the-order-believes"},
    ),
    "refund never made": (
        "UPDATE payments_refund SET status = 'requested', done_at = NULL",
        {"refunded-is-what-the-order-believes"},
    ),
    "refund without its share": (
        "UPDATE payments_payment SET refunded_amount = 0 WHERE refunded_amount > 0",
        {"refunds-have-their-share"},
    ),
    "money of which the order never heard": (
        (
            "INSERT INTO payments_payment (id, order_id, conference_id,"
            " organization_id, provider, status, amount, requested_amount, currency,"
            " refunded_amount, disputed_amount,"
            " description, reference, redirect_url, provider_reference,"
            " paid_marked_by, started_at,"
            " completed_at) SELECT gen_random_uuid(), order_id, conference_id,"
            " organization_id, provider, 'completed', amount, amount, currency, 0, 0,"
            " description, reference, redirect_url, '', '', started_at, completed_at"
            f" FROM payments_payment WHERE id = {ONE_PAYMENT}"
        ),
        {"captured-is-what-the-order-believes"},
    ),
    "event lost in the middle": (
        f"DELETE FROM {EVENT} WHERE type = 'order-registrant-assigned'",
        {"stream-has-gaps"},
    ),
    "first event lost": (
        f"DELETE FROM {EVENT} WHERE type = 'available-seats-changed' AND version = 1",
        {"stream-has-gaps", "seat-counts-differ"},
    ),
    "quota without its change": (
        f"{IN_DATA}'{{quota}}', '99') WHERE type = 'available-seats-changed'",
        {"quota-is-what-remains-and-is-taken", "seat-counts-differ"},
    ),
    "more committed than held": (
        (
            f"{IN_DATA}'{{seats,0,quantity}}', '7')"
            " WHERE type = 'seats-reservation-committed'"
        ),
        {
            "quota-is-what-remains-and-is-taken",
            "committed-is-what-orders-bought",
            "seat-counts-differ",
        },
    ),
    "hold of which the order does not know": (
        (
            f"{IN_DATA}'{{reservation_id}}', {STRANGER})"
            " WHERE type = 'seats-reserved' AND data->'seats'->0->'quantity' = '3'"
        ),
        {"pending-is-what-open-orders-hold", "reservation-row-differs"},
    ),
    "lines that are not the total": (
        f"{IN_DATA}'{{total}}', '\"1.00\"') WHERE type = 'order-totals-calculated'",
        {"total-is-not-the-sum", "paid-is-the-total", "order-row-differs"},
    ),
    "accepted payment lost": (
        f"DELETE FROM {EVENT} WHERE type = 'order-paid'",
        {"paid-exactly-once", "stream-has-gaps", "captured-is-what-the-order-believes"},
    ),
    "assignments lost": (
        f"DELETE FROM {EVENT} WHERE type = 'seat-assignments-created'",
        {"seats-numbered-once", "seat-row-differs"},
    ),
    "assignments of other seats": (
        (
            f"{IN_DATA}'{{seats,0,seat_type}}', {STRANGER})"
            " WHERE type = 'seat-assignments-created'"
        ),
        {"assignments-are-the-seats", "seat-row-differs"},
    ),
    "positions with a hole": (
        (
            f"{IN_DATA}'{{seats,0,position}}', '9')"
            " WHERE type = 'seat-assignments-created'"
        ),
        {"positions-count-from-zero", "seat-row-differs"},
    ),
    "seats given back at another price": (
        f"{IN_DATA}'{{value}}', '\"60.00\"') WHERE type = 'order-seats-cancelled'",
        {"cancelled-seats-are-worth-the-difference"},
    ),
    "more given back than the seats cost": (
        (
            f"{IN_DATA}'{{refund_amount}}', '\"46.00\"')"
            " WHERE type = 'order-seats-cancelled'"
        ),
        {"kept-and-given-back-are-within-the-price", "refunds-are-what-was-decided"},
    ),
    "more kept in all than at each time": (
        f"{IN_DATA}'{{kept_total}}', '\"6.00\"') WHERE type = 'order-seats-cancelled'",
        {"kept-adds-up", "order-row-differs"},
    ),
    "kept amount that nobody kept": (
        f"UPDATE {ORDER} SET kept_amount = 1 WHERE status = 'cancelled'",
        {"order-row-differs"},
    ),
    "refund of another amount": (
        "UPDATE payments_refund SET amount = 44 WHERE reason = 'seats-cancelled'",
        {"refunds-are-what-was-decided", "refunds-have-their-share"},
    ),
    "seat back on its row": (
        (
            f"INSERT INTO {SEAT} (id, order_id, order_code, conference_id,"
            " organization_id, position, seat_type_id, seat_type_name, first_name,"
            " last_name, email, version) SELECT gen_random_uuid(), order_id,"
            " order_code, conference_id, organization_id, 3, seat_type_id,"
            f" seat_type_name, '', '', '', 1 FROM {SEAT} WHERE position = 2"
        ),
        {"seat-row-differs"},
    ),
}
