"""The page of the benchmarks says what was measured, and nothing else."""

import pytest

from benchmarks.eventstore import appending, page, rebuilding
from benchmarks.eventstore.bench import PEER

SINGLE = appending.single(8)
REBUILD = rebuilding.name(rebuilding.FULL)


def test_page_is_what_the_results_say():
    assert page.PAGE.read_text() == page.text()


@pytest.mark.parametrize(
    ("ours", "verdict"), [([30, 40, 90], "met"), ([30, 34, 90], "**missed**")]
)
def test_ratio_is_the_median_of_the_rounds(ours, verdict):
    found = {SINGLE: {appending.IN_ATOMIC: ours, PEER: [10, 10, 10]}}

    line = page.against_goals(found)[-1]

    assert line.startswith(f"| {SINGLE}: eventstore, in atomic() / eventsourcing | ")
    assert line.endswith(f"{ours[1] / 10:.2f}x (3.00 - 9.00) | 3.5x | {verdict} |")


@pytest.mark.parametrize(
    ("failed", "verdict"), [([0, 0], "met"), ([0, 1], "**missed**")]
)
def test_no_round_may_be_above_a_limit(failed, verdict):
    found = {REBUILD: {rebuilding.FAILED: failed}}

    assert page.against_goals(found)[-1] == (
        f"| {REBUILD}: failed requests | {max(failed)} | at most 0 | {verdict} |"
    )
