"""Order codes are found however people and banks write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.bank.codes import (
    ALPHABET,
    LENGTH,
    codes_in,
    hidden_codes_in,
    slips_in,
    slips_of,
)

CODES = st.text(alphabet=sorted(ALPHABET), min_size=LENGTH, max_size=LENGTH)
# What stands around a code is no letter and no digit.
AROUND = st.text(alphabet=" .,:;-/()#+\n", min_size=1, max_size=3)


@pytest.mark.parametrize(
    "text",
    [
        "ABC234",
        "abc234",
        "Order ABC234, thank you",
        "ABC 234",
        "AB-C2.34",
        "A B C 2 3 4",
        "RE:ABC234/2030",
        "AB\nC234",
        "\uff21\uff22\uff23\uff12\uff13\uff14",
    ],
)
def test_code_is_found(text):
    assert "ABC234" in codes_in(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("ABCI34", "ABC134"), ("ABCl34", "ABC134"), ("AOC234", "AQC234"),
     ("A0C234", "AQC234"), ("AoC234", "ADC234")],
)  # fmt: skip
def test_misread_signs_are_forgiven(text, code):
    """No code has I, L, O or 0: each was something else before it was misread."""
    assert code in codes_in(text)


@pytest.mark.parametrize("text", ["XABC234", "ABC2345", "ABC23", "ABD234", "ABC2?4"])
def test_what_is_not_the_code_is_not_found(text):
    assert "ABC234" not in codes_in(text)


@given(
    code=CODES,
    before=AROUND,
    after=AROUND,
    gaps=st.lists(st.sampled_from(["", " ", "-", ". "]), min_size=5, max_size=5),
    is_small=st.booleans(),
)
def test_a_code_survives_every_way_of_writing_it(code, before, after, gaps, is_small):
    text = "".join(sign + gap for sign, gap in zip(code, [*gaps, ""], strict=True))
    text = f"Summit{before}{text}{after}paid"
    assert code in codes_in(text.lower() if is_small else text)


def test_code_within_other_signs_is_only_a_hint():
    assert "ABC234" in hidden_codes_in("ORDERABC234X")
    assert "ABC234" not in codes_in("ORDERABC234X")


def is_one_slip(text: str, code: str) -> bool:
    return bool(slips_in(text) & slips_of(code))


@given(code=CODES, at=st.integers(0, LENGTH - 1), other=st.sampled_from("ABCXYZ789"))
def test_one_slip_is_noticed(code, at, other):
    assert is_one_slip(f"for {code[:at]}{other}{code[at + 1 :]}!", code)
    assert is_one_slip(f"for {code[:at]}{code[at + 1 :]}!", code)
    assert is_one_slip(f"for {code[:at]}{other}{code[at:]}!", code)
    swapped = code[:at] + code[at : at + 2][::-1] + code[at + 2 :]
    assert is_one_slip(f"for {swapped}!", code)


@pytest.mark.parametrize("text", ["ABX235", "XBC23Y", "BACD34", "ABCD", "ABC23456"])
def test_two_slips_are_too_many(text):
    assert not is_one_slip(text, "ABC234")


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    assert all(len(code) == LENGTH and set(code) <= ALPHABET for code in codes_in(text))
    hidden_codes_in(text)
    slips_in(text)
