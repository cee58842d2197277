"""Whatever was ever stored still loads, and means what it meant."""

import json
from pathlib import Path
from typing import Any

import pytest

from eventstore import serialization
from eventstore.events import registered_types, type_named
from tests.registrations.golden.expected import EVENTS

FOLDER = Path(__file__).with_name("golden")
FILES = sorted(FOLDER.glob("*.json"))
OURS = [kind for kind in registered_types() if not kind.name.startswith("test-")]


def name_and_version(stem: str) -> tuple[str, int]:
    """`order-placed.v1.why-another` is stored as `order-placed` in version 1."""
    name, version, *_ = stem.split(".")
    return name, int(version.removeprefix("v"))


def stored(path: Path) -> dict[str, Any]:
    example: dict[str, Any] = json.loads(path.read_text())
    return example


def loaded(path: Path) -> list[Any]:
    example = stored(path)
    text = json.dumps(example["data"])
    return serialization.load(example["name"], example["schema_version"], text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_still_loads_as_what_it_meant(path):
    assert loaded(path) == EVENTS[path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_after_what_it_holds(path):
    example = stored(path)
    assert example.keys() == {"name", "schema_version", "data"}
    assert name_and_version(path.stem) == (example["name"], example["schema_version"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_name_was_given_up(path):
    """Events under it are still in the streams."""
    name, version = name_and_version(path.stem)
    assert version <= type_named(name).version


def test_there_is_an_example_of_every_type_at_every_version():
    """Add one whenever `event_types` gains a type or a version."""
    released = {
        (kind.name, version) for kind in OURS for version in range(1, kind.version + 1)
    }
    assert {name_and_version(path.stem) for path in FILES} == released


def test_no_example_was_removed():
    assert {path.stem for path in FILES} == EVENTS.keys()


@pytest.mark.parametrize(
    "kind", [kind for kind in OURS if kind.cls], ids=lambda kind: kind.name
)
def test_what_is_stored_today_is_what_the_newest_example_shows(kind):
    """A change of the stored form needs a new version, with an example of its own."""
    stem = f"{kind.name}.v{kind.version}"
    assert [
        serialization.dump(event) for event in EVENTS[stem] if type(event) is kind.cls
    ] == [stored(FOLDER / f"{stem}.json")["data"]]
