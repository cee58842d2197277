"""Every package is pinned and hashed, and nothing names where it was fetched."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest

from tests.platform.conftest import PROJECT

FOLDER = PROJECT / "requirements"
LISTS = ("base", "demo", "test", "dev")
EACH = (*LISTS, "bench")
IMPLIED = {"django-stubs-ext"}  # comes with django-stubs, for type checkers alone


def pins(name: str) -> dict[str, str]:
    """Package -> version; what is not pinned and hashed shows as such."""
    text = (FOLDER / f"{name}.txt").read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin = re.match(r"([a-z0-9-]+)==(\S+).*--hash=sha256:[0-9a-f]{64}", line)
            found[pin[1] if pin else line] = pin[2] if pin else "not pinned"
    return found


def wanted(name: str) -> set[str]:
    lines = (FOLDER / f"{name}.in").read_text().splitlines()
    names = {re.split(r"[\[=]", line)[0] for line in lines if line[:1].isalpha()}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("name", EACH)
def test_lock_is_complete(name):
    locked = pins(name)

    assert "not pinned" not in locked.values()
    assert wanted(name) <= set(locked)


@pytest.mark.parametrize("name", EACH)
def test_lock_names_no_place(name):
    text = (FOLDER / f"{name}.txt").read_text()

    assert re.findall(r"https?:|file:|--index|--find|--trusted|^/", text, re.M) == []


def test_larger_lists_contain_the_smaller():
    for smaller, larger in [*pairwise(LISTS), ("demo", "bench")]:
        assert pins(smaller).items() <= pins(larger).items()


def test_everything_imported_is_asked_for():
    own = {path.parent.name for path in PROJECT.glob("*/__init__.py")}
    files = [
        PROJECT / "manage.py",
        *(f for o in own for f in (PROJECT / o).rglob("*.py")),
    ]
    imported = {name for file in files for name in imports(file)}
    foreign = imported - own - set(sys.stdlib_module_names)
    packages = packages_distributions()

    assert {
        re.sub(r"[-_.]+", "-", packages.get(name, [name])[0]).lower()
        for name in foreign
    } - IMPLIED <= wanted("base") | wanted("test") | wanted("bench")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_every_direct_dependency_is_explained():
    explained = (PROJECT / "docs" / "dependencies.md").read_text().lower()

    assert [
        package
        for name in EACH
        for package in sorted(wanted(name))
        if f"**{package}**" not in explained
    ] == []
