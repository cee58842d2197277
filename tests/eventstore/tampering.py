"""The history is changed in the database alone, by somebody with all rights there."""

from django.db import connection

from eventstore.integrity import verify

DELETE = "DELETE FROM eventstore_event WHERE stream = 'a'"


def tamper(*statements: str) -> None:
    """With all rights in the database, and back as if nothing had been."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventstore_event DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE eventstore_event ENABLE TRIGGER USER")


def found() -> list[tuple[str, str, int]]:
    return [(one.kind, one.stream, one.version) for one in verify()]


def forged(stream: str, version: int, digest: str) -> str:
    return f"""
    INSERT INTO eventstore_event
      (id, stream, version, type, schema_version, data, metadata, digest)
    VALUES (gen_random_uuid(), '{stream}', {version}, 'test-deposited', 1,
            '{{"amount": 1000}}', '{{"actor": "system"}}', {digest})
    """  # noqa: S608 own text
