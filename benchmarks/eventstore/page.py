"""The page docs/benchmarks.md and the table on the terminal, made from all parts."""

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.eventstore import growing, loading
from benchmarks.eventstore.bench import PEER, Results
from benchmarks.eventstore.goals import Goal, Limit, goals, limits

RESULTS = Path(__file__).with_name("results")
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
INTRODUCTION = Path(__file__).with_name("introduction.md")


def write(part: str, found: Results, circumstances: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{part}.json").write_text(
        json.dumps({"circumstances": circumstances, "found": found}, indent=1) + "\n"
    )


def parts() -> dict[str, dict[str, Any]]:
    return {
        file.stem: json.loads(file.read_text())
        for file in sorted(RESULTS.glob("*.json"))
        if file.stem != "proofs"
    }


def against_goals(found: Results, *, complete: bool = False) -> list[str]:
    """A table in Markdown, which also reads well on a terminal.

    The complete one also names what was not measured.
    """
    lines = [
        "| measured | ratio (min - max) | at least | |",
        "|---|---|---|---|",
    ]
    for goal in goals():
        if complete or goal.ratios(found):
            lines.append(_ratio_line(goal, goal.ratios(found)))
    for limit in limits():
        if complete or limit.values(found):
            lines.append(_limit_line(limit, limit.values(found)))
    return lines


def _ratio_line(goal: Goal, ratios: list[float]) -> str:
    measured, verdict = "not measured", ""
    if ratios:
        middle = median(ratios)
        measured = f"{middle:.2f}x ({min(ratios):.2f} - {max(ratios):.2f})"
        verdict = "met" if middle >= goal.at_least else "**missed**"
    return (
        f"| {goal.group}: {goal.side} / {goal.other}"
        f" | {measured} | {goal.at_least:g}x | {verdict} |"
    )


def _limit_line(limit: Limit, values: list[float]) -> str:
    measured, verdict = "not measured", ""
    if values:
        measured = f"{max(values):g}"
        verdict = "met" if max(values) <= limit.at_most else "**missed**"
    return (
        f"| {limit.group}: {limit.what} | {measured}"
        f" | at most {limit.at_most:g} | {verdict} |"
    )


def _tables(found: Results) -> Iterator[str]:
    yield from (
        "| measured, events/s unless said | | median | min - max | against |",
        "|---|---|---|---|---|",
    )
    for group, sides in found.items():
        for side, values in sides.items():
            first = side == next(iter(sides))
            yield (
                f"| {group if first else ''} | {side} | {_number(median(values))}"
                f" | {_number(min(values))} - {_number(max(values))}"
                f" | {_against(sides, side)} |"
            )


def _against(sides: dict[str, list[float]], side: str) -> str:
    """How often as fast as what the group is measured by."""
    for other in (PEER, loading.WITHOUT, growing.side(growing.SIZES[0])):
        if other in sides and other != side:
            return f"{_number(median(Goal('', side, other, 0).ratios({'': sides})))}x"
    return ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def text() -> str:
    """The page, from the newest results of every part."""
    found: Results = {}
    lines = [INTRODUCTION.read_text().rstrip(), "", "## Against the goals", ""]
    for part in parts().values():
        found |= part["found"]
    lines += against_goals(found, complete=True)
    for name, part in parts().items():
        lines += ["", f"## {name.capitalize()}", ""]
        lines += [f"- {what}: {value}" for what, value in part["circumstances"].items()]
        lines += ["", *_tables(part["found"])]
    return "\n".join(lines) + "\n"
