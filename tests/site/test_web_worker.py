"""How long gunicorn waits for a request, and what it answers to what is none."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.live_site import LiveSite, site_at_rest
from tests.waiting import PATIENCE

THREADS = 2
HOST = b"Host: 127.0.0.1\r\n"
PROBLEM = "application/problem+json"


@pytest.fixture
def narrow(transactional_db: None, tmp_path: Path) -> Iterator[LiveSite]:
    """Few threads, and little time."""
    site = site_at_rest(tmp_path)
    limits = ["--workers", "1", "--threads", str(THREADS), "--timeout", "6"]
    site.web = site._start("web", [*site.gunicorn, *limits])
    try:
        site.wait_until_it_answers()
        yield site
    finally:
        site.stop()


def connected(site: LiveSite, sent: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)
    client.sendall(sent)
    return client


BEGUN = (
    b"GET /live HTTP/1.1\r\n" + HOST,
    b"POST /api/v1/conferences/summit/orders/ HTTP/1.1\r\n"
    + HOST
    + b"Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
)
NO_REQUESTS = (
    (b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\n" + HOST, 414),
    (b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000 + b"\r\n" + HOST, 431),
    (b"get / HTTP/1.1\r\n" + HOST, 400),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n", 400),
    (b"\x16\x03\x01\x02\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HOST + b"Expect: tea\r\n", 417),
)


def test_clients_that_fall_silent_keep_no_thread(narrow: LiveSite) -> None:
    for begun in BEGUN:
        silent = [connected(narrow, begun) for _ in range(2 * THREADS)]
        answer = httpx.get(f"{narrow.url}/live", timeout=PATIENCE)
        for client in silent:
            client.close()

        assert answer.status_code == 200


def test_what_is_no_request_is_a_problem(narrow: LiveSite) -> None:
    for sent, status in NO_REQUESTS:
        with connected(narrow, sent + b"\r\n") as client:
            answer = b"".join(iter(lambda: client.recv(65_536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *headers = head.decode().split("\r\n")
        problem = json.loads(body)

        assert first.split()[1] == str(status)
        assert f"Content-Type: {PROBLEM}" in headers
        assert (problem["status"], problem["type"]) == (status, "about:blank")
        assert set(problem) == {"type", "title", "status", "detail", "code"}


def test_what_is_no_request_is_not_quoted_in_the_log(narrow: LiveSite) -> None:
    begun = b"GET /orders/open/of-a-mail/ HTTP/9.9\r\n" + HOST + b"\r\n"
    short = b"GET /orders/open/of-a-mail/ \xff HTTP/1.1\r\n" + HOST + b"\r\n"
    for sent in (begun, short):
        with connected(narrow, sent) as client:
            assert client.recv(9) == b"HTTP/1.1 "

    log = (narrow.folder / "web.log").read_text(errors="replace")
    assert "Invalid request from ip=:" in log
    assert "of-a-mail" not in log
