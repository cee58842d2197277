"""Lock, snapshot and later events in one round trip: most commands begin with them."""

from importlib import import_module

from django.db import migrations

# Once more: where it was made with a setting of its own, only a superuser could have
# done that, and restore it.
APPEND = import_module("eventstore.migrations.0005_quicker_append").APPEND

# Each statement in here sees what was committed when it began: the snapshot and the
# events are read behind the lock, as they would be by statements of their own.
LOAD = """
CREATE FUNCTION eventstore_load(
  in_stream text, snapshot_schema integer, last integer, locked boolean
) RETURNS TABLE (version integer, type text, schema_version smallint, content text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  IF locked AND pg_advisory_xact_lock(17747, hashtext(in_stream)) IS NULL THEN
    RAISE EXCEPTION 'The stream could not be locked.';
  END IF;
  IF snapshot_schema >= 0 THEN
    SELECT s.version, '', 0, s.state::text INTO version, type, schema_version, content
      FROM eventstore_snapshot s
     WHERE s.stream = in_stream AND s.schema_version = snapshot_schema;
    IF FOUND THEN
      RETURN NEXT;
    END IF;
  END IF;
  RETURN QUERY SELECT e.version, e.type::text, e.schema_version, e.data::text
    FROM eventstore_event e
   WHERE e.stream = in_stream AND e.version > coalesce(eventstore_load.version, 0)
     AND e.version <= last
   ORDER BY e.version;
END $$;
"""
DROP = "DROP FUNCTION eventstore_load(text, integer, integer, boolean);"


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0005_quicker_append")]

    operations = [migrations.RunSQL(APPEND + LOAD, DROP)]
