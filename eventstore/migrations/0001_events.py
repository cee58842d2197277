"""The event table with its guards: announced positions, gapless streams, no changes."""

import django.db.models.functions.datetime
from django.db import migrations, models

import eventstore.models

POSITIONS = """
CREATE SEQUENCE eventstore_position_seq;

-- Announces "what I take is above this" with a shared lock keyed by the sequence's
-- present value, then takes the next number. Once per transaction: the lock is kept until
-- its end, and PostgreSQL shows the rows before it lets the lock go.
CREATE FUNCTION eventstore_position() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE me text := pg_current_xact_id()::text;
BEGIN
  IF current_setting('eventstore.announced', true) IS DISTINCT FROM me THEN
    PERFORM pg_advisory_xact_lock_shared(
              (17747::bigint << 47) | (last_value - (NOT is_called)::int))
       FROM eventstore_position_seq;
    PERFORM set_config('eventstore.announced', me, true);
  END IF;
  RETURN nextval('eventstore_position_seq');
END $$;

-- The order of the two statements is the proof; do not merge them.
CREATE FUNCTION eventstore_horizon() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE top bigint; low bigint;
BEGIN
  SELECT last_value - (NOT is_called)::int INTO top FROM eventstore_position_seq;
  SELECT min(((classid::bigint << 32) | objid::bigint) & ((1::bigint << 47) - 1)) INTO low
    FROM pg_locks
   WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND ((classid::bigint << 32) | objid::bigint) >> 47 = 17747;
  RETURN least(top, coalesce(low, top));
END $$;
"""

GUARDS = """
CREATE FUNCTION eventstore_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Events are facts: % is refused.', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON eventstore_event
  FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();

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

NO_GUARDS = """
DROP TRIGGER event_without_gap ON eventstore_event;
DROP TRIGGER event_is_never_changed ON eventstore_event;
DROP FUNCTION eventstore_refuse_gap();
DROP FUNCTION eventstore_refuse_change();
"""

NO_POSITIONS = """
DROP FUNCTION eventstore_horizon();
DROP FUNCTION eventstore_position();
DROP SEQUENCE eventstore_position_seq;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(POSITIONS, NO_POSITIONS),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "position",
                    models.BigIntegerField(
                        db_default=eventstore.models.NextPosition(), editable=False
                    ),
                ),
                ("stream", models.CharField(max_length=120)),
                ("version", models.PositiveIntegerField()),
                ("type", models.CharField(max_length=80)),
                ("schema_version", models.PositiveSmallIntegerField()),
                ("data", models.JSONField()),
                ("metadata", models.JSONField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("position",), name="event_position_is_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("stream", "version"), name="event_one_per_version"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "stream",
                    models.CharField(max_length=120, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField()),
                ("schema_version", models.PositiveSmallIntegerField()),
                ("state", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Deadline",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("process", models.CharField(max_length=80)),
                ("stream", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=120)),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [models.Index(fields=["due_at"], name="deadline_due_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("process", "stream", "key"), name="deadline_one_per_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandledMessage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("process", models.CharField(max_length=80)),
                ("key", models.CharField(max_length=120)),
                ("message", models.CharField(max_length=120)),
                (
                    "handled_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("process", "key", "message"), name="handled_message_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
