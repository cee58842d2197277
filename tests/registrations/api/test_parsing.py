"""Which JSON is accepted at all."""

import json
from decimal import Decimal

import pytest

from registrations.api.parsing import MalformedBody, parsed


def test_an_object_is_parsed_with_exact_numbers():
    assert parsed('{"a": [1, 2.50, "é\\ud83d\\ude00"], "b": null}') == {
        "a": [1, Decimal("2.50"), "é😀"],
        "b": None,
    }


def test_limits_are_inclusive():
    deepest = "[" * 31 + "]" * 31
    assert parsed(f'{{"a": {deepest}}}')
    assert len(parsed(json.dumps({str(n): n for n in range(1_000)}))) == 1_000
    assert parsed(f'{{"a": {2**63 - 1}}}') == {"a": 2**63 - 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{'a': 1}", "not JSON"),
        ('{"a": 1} {"a": 2}', "not JSON"),
        ('{"a": 1} // why', "not JSON"),
        ('{"a": 01}', "not JSON"),
        ('{"a": "\n"}', "not JSON"),
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('"text"', "must be a JSON object"),
        ("1", "must be a JSON object"),
        ('{"a": NaN}', "NaN is not"),
        ('{"a": -Infinity}', "-Infinity is not"),
        ('{"a": 1e999999}', "out of range"),
        ('{"a": 1e-999999}', "out of range"),
        ('{"a": 9223372036854775808}', "out of range"),
        ('{"a": -9223372036854775808}', "out of range"),
        ('{"a": %s}' % ("9" * 5_000), "out of range"),
        ('{"a": 0.%s}' % ("9" * 5_000), "out of range"),
        ('{"a": "\\u0000"}', "NUL"),
        ('{"\\u0000": 1}', "NUL"),
        ('{"a": ["\\ud800"]}', "half a character"),
        ('{"\\udfff": 1}', "half a character"),
        ('{"a": 1, "a": 2}', "repeats a key"),
        ('{"a": %s}' % ("[" * 32 + "]" * 32), "nested"),
        ('{"a": %s}' % ("[" * 100_000), "n"),
        ('{"a": ' + "[" * 100_000 + "1" + "]" * 100_000 + "}", "nested"),
        (json.dumps({str(n): n for n in range(1_001)}), "1,000 keys"),
        (json.dumps({"a": [{"b": n} for n in range(1_000)]}), "1,000 keys"),
    ],
)
def test_everything_else_is_refused_with_its_reason(text, reason):
    with pytest.raises(MalformedBody, match=reason):
        parsed(text)
