"""What was announced to others stays: the database refuses to take it back.

Domain rules, section 3: the slug and the organization are fixed after creation; from
the first publication on neither the conference nor a seat type can be deleted.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION conference_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.first_published_at IS NOT NULL THEN
            RAISE EXCEPTION 'conference % was published once and stays', OLD.slug
                USING ERRCODE = 'restrict_violation',
                      CONSTRAINT = 'conference_stays_once_published';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.slug <> OLD.slug OR NEW.organization_id <> OLD.organization_id THEN
        RAISE EXCEPTION 'slug and organization of conference % are fixed', OLD.slug
            USING ERRCODE = 'restrict_violation',
                  CONSTRAINT = 'conference_slug_and_organization_fixed';
    END IF;
    IF OLD.first_published_at IS NOT NULL
            AND NEW.first_published_at IS DISTINCT FROM OLD.first_published_at THEN
        RAISE EXCEPTION 'the first publication of conference % is history', OLD.slug
            USING ERRCODE = 'restrict_violation',
                  CONSTRAINT = 'conference_first_publication_fixed';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER conference_stays BEFORE UPDATE OR DELETE ON conferences_conference
    FOR EACH ROW EXECUTE FUNCTION conference_stays();

CREATE FUNCTION seat_type_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM conferences_conference
        WHERE id = OLD.conference_id AND first_published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'seat type % was announced and stays', OLD.id
            USING ERRCODE = 'restrict_violation',
                  CONSTRAINT = 'seat_type_stays_once_announced';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER seat_type_stays BEFORE DELETE ON conferences_seattype
    FOR EACH ROW EXECUTE FUNCTION seat_type_stays();
"""

REVERSE = """
DROP TRIGGER seat_type_stays ON conferences_seattype;
DROP FUNCTION seat_type_stays();
DROP TRIGGER conference_stays ON conferences_conference;
DROP FUNCTION conference_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("conferences", "0001_conferences")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
