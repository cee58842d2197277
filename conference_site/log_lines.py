"""Log lines without people: what errors quote of rows and addresses is left out."""

import logging
import re

ADDRESS = re.compile(r"[^\s@<>\"'(),;:=\[\]]+(?:@|%40)[^\s@<>\"'(),;:\[\]]+\.\w+")
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
        return ADDRESS.sub("(address)", line).rstrip()
