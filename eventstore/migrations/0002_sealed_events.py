"""Seals: a keyed digest of each event, chained over its stream, and the keys of persons."""

import django.db.models.functions.datetime
import uuid_utils.compat
from django.db import migrations, models

# The event's keyed hash comes from the application, which alone has the key. Folding in
# the one before, the version, the position and the time makes the chain; without the
# hashes, which are not kept, nobody can make it anew.
CHAIN = """
CREATE FUNCTION eventstore_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous bytea := '';
BEGIN
  IF NEW.version <> 1 THEN
    SELECT digest INTO previous FROM eventstore_event
     WHERE stream = NEW.stream AND version = NEW.version - 1;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'Version % of % has no predecessor.', NEW.version, NEW.stream
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'event_without_gap';
    END IF;
  END IF;
  NEW.digest := sha256(previous || int4send(NEW.version) || int8send(NEW.position)
                       || timestamptz_send(NEW.recorded_at) || NEW.digest);
  RETURN NEW;
END $$;

DROP TRIGGER event_without_gap ON eventstore_event;
DROP FUNCTION eventstore_refuse_gap();
CREATE TRIGGER event_without_gap BEFORE INSERT ON eventstore_event
  FOR EACH ROW EXECUTE FUNCTION eventstore_chain();
"""

NO_CHAIN = """
DROP TRIGGER event_without_gap ON eventstore_event;
DROP FUNCTION eventstore_chain();
CREATE FUNCTION eventstore_refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version > 1 AND NOT EXISTS (
    SELECT FROM eventstore_event WHERE stream = NEW.stream AND version = NEW.version - 1
  ) THEN
    RAISE EXCEPTION 'Version % of % has no predecessor.', NEW.version, NEW.stream
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'event_without_gap';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER event_without_gap BEFORE INSERT ON eventstore_event
  FOR EACH ROW EXECUTE FUNCTION eventstore_refuse_gap();
"""

# One statement an append. Expected: the exact version, -1 any, -2 one that exists.
# The answer is text so that it is read in the same way from every kind of cursor:
# version before, microseconds since 1970, positions.
APPEND = """
CREATE FUNCTION eventstore_append(
  in_stream text, expected integer, new_events jsonb, in_metadata jsonb
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  before integer := expected;
  now_at timestamptz := statement_timestamp();
  -- Announces; what the transaction takes after it is above it.
  first_position bigint := eventstore_position();
  positions text;
BEGIN
  IF expected < 0 THEN
    SELECT coalesce(max(version), 0) INTO before FROM eventstore_event
     WHERE stream = in_stream;
    IF expected = -2 AND before = 0 THEN
      RAISE EXCEPTION '% does not exist.', in_stream
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  WITH made AS (
    INSERT INTO eventstore_event
      (id, position, stream, version, type, schema_version, data, metadata, recorded_at,
       digest)
    SELECT (e->>0)::uuid,
           CASE nr WHEN 1 THEN first_position ELSE nextval('eventstore_position_seq') END,
           in_stream, before + nr, e->>1, (e->>2)::smallint, e->3, in_metadata, now_at,
           decode(e->>4, 'hex')
      FROM jsonb_array_elements(new_events) WITH ORDINALITY AS t(e, nr)
    RETURNING version, position
  )
  SELECT string_agg(position::text, ' ' ORDER BY version) INTO positions FROM made;
  RETURN before || ' ' || (extract(epoch FROM now_at) * 1000000)::bigint || ' ' || positions;
END $$;
"""

NO_APPEND = "DROP FUNCTION eventstore_append(text, integer, jsonb, jsonb);"


def seal_what_is_there(apps, schema_editor):
    """Digests for events from before: they vouch for what was there on this day."""
    from eventstore import integrity

    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER event_is_never_changed")
        integrity.seal_all(cursor)
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER event_is_never_changed")


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0001_events")]

    operations = [
        migrations.AddField(
            "event", "digest", models.BinaryField(editable=False, null=True)
        ),
        migrations.RunPython(seal_what_is_there, migrations.RunPython.noop),
        # Fired triggers of the statements above would forbid to alter the table.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("event", "digest", models.BinaryField(editable=False)),
        migrations.RunSQL(CHAIN, NO_CHAIN),
        migrations.RunSQL(APPEND, NO_APPEND),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject", models.BinaryField(unique=True)),
                ("wrapped", models.BinaryField()),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "erased_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
                ("actor", models.CharField(max_length=200)),
                ("certificate", models.JSONField()),
            ],
        ),
    ]
