"""The PostgreSQL that a benchmark of the site runs on."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def database() -> Iterator[None]:
    """That of DATABASE_URL, or a durable one of this run where it names none."""
    if "DATABASE_URL" in os.environ:
        yield
        return
    # It reads the settings of the site, which look for DATABASE_URL.
    from conference_site import embedded_postgres  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root, the server runs as another user
        server = embedded_postgres.start(folder)
        os.environ["DATABASE_URL"] = server.url
        try:
            yield
        finally:
            server.stop()
