"""A wrong file is refused as a whole, and the message leads to the place."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from conferences.models import Conference, Organization
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

SUMMIT = settings.BASE_DIR / "conferences" / "fixtures" / "cqrs-summit-2012.yaml"


def refusal_of(file: Path) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("import_conference", str(file))
    assert not Conference.objects.exists()
    return str(refusal.value).removeprefix(f"{file}: ")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tagline:", "tag_line:", "line 7: conference.tag_line: There is no such key"),
        ("publish:", "publsh:", "line 3: publsh: There is no such key here."),
        ("  name: CQRS summit 2012 conference\n", "", "conference: “name” is missing"),
        ('"500.00"', "a lot", "line 16: seat_types[1].price: “a lot” is no number."),
        ('"500.00"', "NaN", "line 16: seat_types[1].price: “NaN” is no number."),
        (
            '"500.00"',
            "-5",
            "line 16: seat_types[1].price: Ensure this value is greater",
        ),
        ('"500.00"', "1.005", "line 16: seat_types[1].price: USD has 2 decimal places"),
        (
            '"500.00"',
            "[5]",
            "line 16: seat_types[1].price: A single value is expected here.",
        ),
        ('"500.00", quota: 100', '"5", quota: -1', "“-1” is no whole number from 0 on"),
        ('"500.00", quota: 100', '"5", quota: 1.5', "“1.5” is no whole number"),
        ('"500.00", quota: 100', '"5", quota: 100001', "less than or equal to 100000"),
        (
            "CQRS Workshop",
            "General admission",
            "line 16: seat_types[1]: Another seat type",
        ),
        ("2012-05-12", "2012-05-01", "line 13: conference.ends_on: The end lies"),
        ("2012-05-12", "12 May", "line 13: conference.ends_on: “12 May” is no day."),
        ("USD", "DEM", "line 11: conference.currency: “DEM” is no currency."),
        ("America/Los_Angeles", "Mars", "conference.time_zone: “Mars” is no time zone"),
        ("slug: cqrs-summit-2012", "slug: a/b", "line 6: conference.slug: Use letters"),
        (
            "seat_types:",
            "  cancellation_tiers:\n  - {days_before: 3}\nseat_types:",
            "line 15: conference.cancellation_tiers[0]: Give a percentage or a fee",
        ),
        (
            "seat_types:",
            (
                "  cancellation_tiers:\n  - {days_before: 3, percent_kept: 101}\n"
                "seat_types:"
            ),
            "line 15: conference.cancellation_tiers[0].percent_kept: Ensure this",
        ),
        (
            "seat_types:",
            (
                "  cancellation_tiers:\n  - {days_before: 3, fee_per_seat: 1.005}\n"
                "seat_types:"
            ),
            "conference.cancellation_tiers[0].fee_per_seat: USD has 2 decimal places",
        ),
        (
            "seat_types:",
            (
                "  cancellation_tiers:\n  - {days_before: 3, percent_kept: 1}\n"
                "  - {days_before: 3, percent_kept: 2}\nseat_types:"
            ),
            "line 16: conference.cancellation_tiers[1].days_before: Another tier",
        ),
        (
            "seat_types:",
            "  cancellation_tiers:\n  - {days: 3, percent_kept: 1}\nseat_types:",
            "conference.cancellation_tiers[0]: “days_before” is missing.",
        ),
        ("publish: true", "publish: maybe", "line 3: publish: Write true or false"),
        ("publish: true", "publish: true\npublish: true", "This key stands here twice"),
        ("publish: true", "publish: *no", "line 3: Aliases (*name) are not supported."),
        ("publish: true", "publish: {", "line "),
        ("CQRS Workshop", r'"\0"', "characters that cannot be stored"),
        ("CQRS Workshop", r'"\ud800"', "characters that cannot be stored"),
        ("slug: contoso", "slug: a b", "line 2: organization.slug: Use letters"),
    ],
)
def test_yaml_is_refused_with_line_and_path(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    text = SUMMIT.read_text()
    assert old in text
    file = tmp_path / "file.yaml"
    file.write_text(text.replace(old, new, 1))
    assert message in refusal_of(file)
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"surprise": 1}, "surprise: There is no such key here."),
        ({"seat_types": {}}, "seat_types: A list is expected here."),
        ({"conference": []}, "conference: Keys with values are expected here."),
        ({"organization": {"name": "\0", "slug": "a"}}, "organization.name: This text"),
        (
            {"seat_types": [{"name": "One", "price": "-1", "quota": 1}]},
            "seat_types[0].price: Ensure this value is greater than or equal to 0.",
        ),
        (
            {"seat_types": [{"name": "One", "price": 1, "quota": 1, "until": "noon"}]},
            "seat_types[0].until: “noon” is no day or time.",
        ),
        (
            {"seat_types": [{"name": "One", "price": "1", "quota": True}]},
            "seat_types[0].quota: A single value is expected here.",
        ),
    ],
)
def test_json_is_refused_with_its_path(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    content = yaml.safe_load(SUMMIT.read_text()) | change
    file = tmp_path / "file.json"
    file.write_text(json.dumps(content, default=str))
    assert refusal_of(file).startswith(message)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("file.yaml", b"", "The file is empty."),
        ("file.yaml", b"just text", "Keys with values are expected here."),
        ("file.yaml", b"\xff\xfe\xfa", "codec can't decode"),
        ("file.yaml", b"[" * 100_000, "nested too deeply"),
        ("file.json", b"[" * 100_000, "nested too deeply"),
        ("file.json", b"{]", "line 1: "),
        ("file.json", b'{"a": 1, "a": 2}', "a: This key stands here twice."),
    ],
)
def test_what_is_no_conference_file_is_refused(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert message in refusal_of(file)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert "No such file" in refusal_of(tmp_path / "nothing.yaml")


def test_slug_of_another_organization_is_refused(tmp_path: Path) -> None:
    make.conference(make.organization("fabrikam"), slug="cqrs-summit-2012")
    with pytest.raises(CommandError, match=r"line 6: conference\.slug: Another org"):
        call_command("import_conference", str(SUMMIT))
    assert Conference.objects.get().name == "CQRS summit"


def test_veto_of_the_currency_leads_to_its_line(
    tmp_path: Path, currency_locked: str
) -> None:
    call_command("import_conference", str(SUMMIT), stdout=None)
    file = tmp_path / "file.yaml"
    file.write_text(SUMMIT.read_text().replace("USD", "EUR"))
    with pytest.raises(CommandError, match=f"currency: {currency_locked}"):
        call_command("import_conference", str(file))
