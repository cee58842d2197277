"""Log lines without people and secrets: what errors quote of rows, addresses of mails
and machines, and links that open an order are left out."""

import logging
import re

ADDRESS = re.compile(r"[^\s@<>\"'(),;:=\[\]]+(?:@|%40)[^\s@<>\"'(),;:\[\]]+\.\w+")
# The link in the mail: Django names the path of what it refuses or cannot serve now.
LINK = re.compile(r"(/orders/open/)[^/?\s'\"]+")
# As gunicorn writes it.
CLIENT = re.compile(r"\bip=[0-9A-Fa-f.:]*[0-9A-Fa-f]")
# PostgreSQL quotes whole rows there, line breaks and all: "Failing row contains (...)".
DETAIL = re.compile(
    r"^(\s*DETAIL:).*?"
    r"(?=^\s*(?:HINT|CONTEXT|QUERY):|^The above exception|^During handling|\Z)",
    re.MULTILINE | re.DOTALL,
)


class LineFormatter(logging.Formatter):
    """Logs are kept elsewhere and longer than the data, and no erasure reaches them."""

    def format(self, record: logging.LogRecord) -> str:
        line = DETAIL.sub(r"\1 (left out)\n", super().format(record))
        line = LINK.sub(r"\1(secret)", CLIENT.sub("ip=", line))
        return ADDRESS.sub("(address)", line).rstrip()
