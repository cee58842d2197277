"""Whoever adds a table decides what an erasure does with it, and says so here."""

from django.apps import apps
from django.contrib.admin.models import LogEntry

# Emptied, censored or made anew; the canaries prove it.
CLEANED = {
    "cache",
    "django_admin_log",
    "django_q_ormq",
    "django_q_task",
    "django_session",
    "eventstore_deadline",
    "eventstore_parked",
    "eventstore_personkey",
    "eventstore_rebuild",
    "eventstore_snapshot",
    "payments_banktransfer",
    "payments_case",
    "payments_dispute",
    "payments_providercall",
    "payments_providercallback",
    "payments_refund",
    "registrations_idempotentanswer",
    "registrations_notification",
    "registrations_orderseat",
    "registrations_orderview",
}
# Sealed: what they say of persons is gone with the key.
SEALED = {"eventstore_event"}
# What tax law wants kept as it was issued; `docs/personal-data.md` says so.
KEPT_BY_LAW = {"registrations_document"}
# Organizers' own affairs, or ids, amounts, times and keyed hashes.
NO_REGISTRANTS = {
    "auth_group",
    "auth_permission",
    "auth_user",
    "conference_site_throttlecounter",
    "conferences_cancellationtier",
    "conferences_conference",
    "conferences_membership",
    "conferences_organization",
    "conferences_seattype",
    "django_content_type",
    "django_q_schedule",
    "eventstore_checkpoint",
    "eventstore_erasure",
    "eventstore_handledmessage",
    "payments_bankstatement",
    "payments_payment",
    "payments_providercursor",
    "payments_providerfee",
    "payments_sandboxrefund",
    "payments_sandboxtransaction",
    "registrations_conferenceview",
    "registrations_documentseries",
    "registrations_ledgerentry",
    "registrations_orderaccesstoken",
    "registrations_orderlineview",
    "registrations_organizationview",
    "registrations_registrationprocess",
    "registrations_seatreservation",
    "registrations_seattypeview",
}


def test_every_table_is_decided_about() -> None:
    tables = {model._meta.db_table for model in apps.get_models()} | {"cache"}
    assert LogEntry._meta.db_table in tables
    decided = [CLEANED, SEALED, KEPT_BY_LAW, NO_REGISTRANTS]
    assert sorted(tables) == sorted(table for group in decided for table in group)
