"""Who takes his time is served; who takes nothing more keeps no thread."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection

import pytest
from django.conf import settings

from tests.live_site import _free_port
from tests.site.answers import LONG
from tests.waiting import PATIENCE, until

LIMIT = 4
assert LIMIT < LONG


@pytest.fixture
def port() -> Iterator[int]:
    """One thread for all clients."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.site.answers:app"]
    command += ["--worker-class", "conference_site.web_worker.Worker"]
    command += ["--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    command += ["--threads", "1", "--timeout", str(LIMIT)]
    with subprocess.Popen(command, cwd=settings.BASE_DIR) as process:
        try:
            until(lambda: answers(port))
            yield port
        finally:
            process.terminate()


def answers(port: int) -> bytes:
    with suppress(ConnectionError):
        return asked(port, "/")
    return b""


def asked(port: int, path: str) -> bytes:
    line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    line.request("GET", path)
    answer = line.getresponse().read()
    line.close()
    return answer


def test_what_takes_long_to_answer_is_answered(port: int) -> None:
    assert asked(port, "/long") == b"nothing"


def test_a_body_that_comes_bit_by_bit_is_read(port: int) -> None:
    line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    line.putrequest("POST", "/")
    line.putheader("Content-Length", "4")
    line.endheaders()
    for letter in b"slow":
        time.sleep(LONG / 4)
        line.send(bytes([letter]))
    assert line.getresponse().read() == b"slow"
    line.close()


def test_who_does_not_take_the_answer_keeps_no_thread(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert client.recv(9) == b"HTTP/1.1 "
        assert asked(port, "/") == b"nothing"
