"""An index over the event store: what happened to the seats of one order.

The stream of a conference holds the reservations of all its orders; without the index
the page of one order would read them all.
"""

from django.db import migrations

INDEX = """
CREATE INDEX event_by_reservation ON eventstore_event ((data -> 'reservation_id'))
 WHERE (data -> 'reservation_id') IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0001_read_models"),
        ("eventstore", "0001_events"),
    ]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX event_by_reservation")]
