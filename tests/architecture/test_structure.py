"""The rules of the house that a machine can check."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from eventstore import events
from eventstore.projections import projectors

PROJECT = Path(settings.BASE_DIR)
APPS = ["conference_site", "conferences", "registrations", "payments", "eventstore"]
SOURCES = sorted(
    path
    for app in APPS
    for path in (PROJECT / app).rglob("*.py")
    if "migrations" not in path.parts
)
FORBIDDEN = re.compile(r"(^|_)(data|info|manager|helpers?|utils?)($|_)")


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_imports_go_downwards():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_are_small_and_named_by_a_noun(path):
    assert len(path.read_text().splitlines()) <= 300
    assert not FORBIDDEN.search(path.stem)


def test_the_event_store_knows_no_word_of_the_domain():
    domain = re.compile(
        r"(conference|seat_?type|seats_avail|registrant|attendee|reservation|organi[sz]er"
        r"|payment|ticket|quota|invoice)",
        re.IGNORECASE,
    )
    for path in [*(PROJECT / "eventstore").rglob("*.py")]:
        assert not domain.search(path.read_text()), path


def functions_with_atomic_and_provider_calls(path: Path) -> list[str]:
    """Functions under `transaction.atomic` that talk to the outside world."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            decorated = any("atomic" in ast.dump(one) for one in node.decorator_list)
            calls = ast.dump(ast.Module(body=node.body, type_ignores=[]))
            if decorated and re.search(r"attr='(send_mail|urlopen|look_up)'", calls):
                found.append(node.name)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_nothing_leaves_the_transaction(path):
    assert functions_with_atomic_and_provider_calls(path) == []


def test_read_models_have_natural_keys_and_no_foreign_constraints():
    """A rebuild must give identical rows in tables that are exchanged."""
    for projector in projectors.values():
        for model in projector.models:
            assert model._meta.pk.get_internal_type() != "BigAutoField", model
            for field in model._meta.get_fields():
                if field.is_relation and field.concrete:
                    assert getattr(field, "db_constraint", None) is False, field


def test_every_event_of_the_domain_is_in_the_index():
    registered = {kind.cls for kind in events.registered_types() if kind.cls}
    for module in ("conference", "order_events", "seat_assignments"):
        tree = ast.parse(
            (PROJECT / "registrations/domain" / f"{module}.py").read_text()
        )
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and any(
                getattr(one, "id", "") == "event" for one in node.decorator_list
            ):
                assert node.name in {cls.__name__ for cls in registered}


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_can_be_undone():
    for app in APPS:
        for path in (PROJECT / app / "migrations").glob("0*.py"):
            source = path.read_text()
            assert (
                "RunPython(" not in source
                or "noop" in source
                or re.search(r"RunPython\(\s*\w+,\s*\w+", source)
            ), path


def test_every_app_is_ours_or_chosen():
    assert {config.name for config in apps.get_app_configs()} >= set(APPS)


def test_the_project_speaks_of_itself_alone():
    """No path of a machine and no host of a package registry in any file."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False
    ).stdout.split()
    forbidden = re.compile("/".join(["", "work", "main"]) + r"|files\.pythonhosted")
    for file in listed:
        path = PROJECT / file
        if path.suffix not in {".png", ".ico"} and path.is_file():
            assert not forbidden.search(path.read_text(errors="replace")), file
