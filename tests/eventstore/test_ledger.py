"""Signed lines in a file: what is changed, left out or put between them shows."""

import threading
from pathlib import Path

import pytest

from eventstore.ledger import Ledger, LedgerBroken

FIRST, SECOND, THIRD = ({"number": number} for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path) -> Ledger:
    settings.EVENT_LEDGER = tmp_path / "not there yet"
    made = Ledger("entries")
    for entry in (FIRST, SECOND, THIRD):
        made.append(entry)
    return made


def numbers(ledger: Ledger) -> list[int]:
    return [entry["number"] for entry in ledger.entries()]


def rewrite(path: Path, *lines: bytes) -> None:
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def test_entries_come_back_in_order_and_each_knows_the_one_before(ledger):
    first, second, third = ledger.entries()

    assert numbers(ledger) == [1, 2, 3]
    assert first["previous"] == ""
    assert len({first["previous"], second["previous"], third["previous"]}) == 3


def test_one_that_was_never_written_is_empty():
    assert Ledger("nothing").entries() == []


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        ((1, 2), "a line before 1 is gone"),
        ((0, 2), "a line before 2 is gone"),
        ((1, 0, 2), "a line before 1 is gone"),
        ((0, 0, 1, 2), "a line before 2 is gone"),
    ],
)
def test_lines_left_out_exchanged_or_repeated_are_named(ledger, left, sentence):
    lines = ledger.path.read_bytes().splitlines()
    rewrite(ledger.path, *(lines[number] for number in left))

    with pytest.raises(LedgerBroken, match=sentence):
        ledger.entries()


EDITED = pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"number":', b'"number":1'),
        (b'"number":', b'"more":1,"number":'),
        (b'"signature":"', b'"signature":"00'),
        (b'"signature":"', b'"signature":1,"was":"'),
        (b'"signature"', b'"gone"'),
        (b"{", b"["),
        (b'"previous":"', b'"previous":"0'),
    ],
)


@EDITED
def test_a_line_that_was_edited_is_named(ledger, old, new):
    first, second, third = ledger.path.read_bytes().splitlines()
    rewrite(ledger.path, first, second.replace(old, new, 1), third)

    with pytest.raises(LedgerBroken, match="line 2 is not ours"):
        ledger.entries()


@EDITED
def test_nothing_is_written_behind_a_line_that_was_edited(ledger, old, new):
    first, second, third = ledger.path.read_bytes().splitlines()
    rewrite(ledger.path, first, second, third.replace(old, new, 1))
    before = ledger.path.read_bytes()

    with pytest.raises(LedgerBroken, match="line 3 is not ours"):
        ledger.append({"number": 4})
    assert ledger.path.read_bytes() == before


def test_nobody_without_the_key_adds_a_line(ledger, settings):
    ours = settings.EVENT_DIGEST_KEY
    written = ledger.path.read_bytes()
    settings.EVENT_DIGEST_KEY = "a key of somebody else " * 4
    with pytest.raises(LedgerBroken, match="line 3 is not ours"):
        ledger.append({"number": 4})
    ledger.path.unlink()
    ledger.append({"number": 4})
    settings.EVENT_DIGEST_KEY = ours
    ledger.path.write_bytes(written + ledger.path.read_bytes())

    with pytest.raises(LedgerBroken, match="line 4 is not ours"):
        ledger.entries()


def test_one_ledger_cannot_take_the_place_of_another(ledger):
    other = Ledger("erasures")
    other.path.write_bytes(ledger.path.read_bytes())

    with pytest.raises(LedgerBroken, match="line 1 is not ours"):
        other.entries()


def test_a_cut_off_end_does_not_show_in_the_file(ledger):
    """Known, and why the age of the last entry is watched and the file copied."""
    rewrite(ledger.path, *ledger.path.read_bytes().splitlines()[:2])

    assert numbers(ledger) == [1, 2]


def test_half_a_line_left_by_a_crash_does_not_count_and_is_written_over(ledger):
    with ledger.path.open("ab") as file:
        file.write(b'{"number":4,"prev')

    assert numbers(ledger) == [1, 2, 3]
    ledger.append({"number": 5})
    assert numbers(ledger) == [1, 2, 3, 5]


def test_several_writers_wait_for_each_other():
    shared = Ledger("shared")
    threads = [
        threading.Thread(
            target=lambda: [shared.append({"number": 1}) for _ in range(5)]
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(shared.entries()) == 20
