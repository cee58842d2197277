"""What the documents point at exists."""

import re
from pathlib import Path

import pytest

from tests.platform.conftest import PROJECT

DOCUMENTS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((PROJECT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path):
    links = re.findall(r"\]\(([^)#]+)", document.read_text())

    assert [
        link
        for link in links
        if "://" not in link and not (document.parent / link).exists()
    ] == []


def test_contributing_stays_short():
    assert len((PROJECT / "CONTRIBUTING.md").read_text().splitlines()) < 200


def test_both_ways_to_start_are_on_the_first_screen():
    first_screen = (PROJECT / "README.md").read_text().splitlines()[:25]

    assert {"make demo", "python3.11 -m conference_site demo"} <= set(first_screen)
