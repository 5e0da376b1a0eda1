"""References in one spelling, and which of them are one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.compare_incidents import reference
from linkage.interner import Interner
from linkage.levels import INCIDENT_LEVELS
from linkage.model import load_model
from linkage.references import in_text, quoted, spelling
from tests.linkage.builder import features, micros

AT = micros("Mon 12:00")
"""2 November 2026."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CAD 1234/22OCT", "1234@2026-10-22"),
        ("CAD 1234/22OCT26", "1234@2026-10-22"),
        ("CAD 1234/22OCT2026", "1234@2026-10-22"),
        ("cad1234 / 22 oct 26", "1234@2026-10-22"),
        ("CAD 1234 of 22/10/2026", "1234@2026-10-22"),
        ("Log no. 1234 of 22.10.26", "1234@2026-10-22"),
        ("CAD 1234 of the 22nd October 2026", "1234@2026-10-22"),
        ("1234/2026-10-22", "1234@2026-10-22"),
        ("CAD 1234/30DEC", "1234@2025-12-30"),
        ("CAD 1234/29FEB", "1234@2024-02-29"),
        ("CAD 1234/05NOV", "1234@2026-11-05"),
        ("CRN 4634567/26", "4634567@2026"),
        ("4634567/2026", "4634567@2026"),
        ("CAD 1234", "1234"),
        ("CAD 1234/31FEB26", "123431FEB26"),
        ("HA-20417", "HA20417"),
        ("H-20417/3", "H204173"),
        ("ref:", "REF"),
        ("?", None),
        ("", None),
        (None, None),
    ],
)
def test_a_reference_is_its_number_and_its_day(text: str | None, expected: str | None) -> None:
    assert spelling(text, AT) == expected


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,8}[/ -]?[0-9A-Z]{0,9}", fullmatch=True))
def test_every_text_has_a_spelling_or_none_and_can_be_compared(text: str) -> None:
    spelt = spelling(text, AT)
    if spelt is not None:
        one = features("a", {"reported": "Mon 12:00", "reference": "X1", "quotes": [text]})
        other = features("b", {"reported": "Mon 12:00", "reference": text})
        level = _level(one, other)
        assert level == ("quoted" if one.quoted_references else "missing")


@pytest.mark.parametrize(
    ("narrative", "expected"),
    [
        ("Tenant gave CAD 1234/22OCT for it", ("1234@2026-10-22",)),
        ("Tenant gave CAD 1234/22OCT26.", ("1234@2026-10-22",)),
        ("Tenant gave CAD 1234 of 22/10/2026, and rang off", ("1234@2026-10-22",)),
        ("Tenant gave cad 88 of 22nd oct 2026", ("88@2026-10-22",)),
        ("POLICE REF CAD 1234/22OCT26 AND CAD 1234", ("1234@2026-10-22",)),
        ("our case no. H-20011 and ref: 12", ("H20011",)),
        ("incident 2 of 5 this week, case closed", ()),
        ("Further to CAD 9999", ()),
        ("nothing", ()),
    ],
)
def test_what_a_narrative_quotes(narrative: str, expected: tuple[str, ...]) -> None:
    assert quoted(in_text(narrative), ["9999@2026-11-02", None], AT) == expected


LOG = "1234/02NOV26"


@pytest.mark.parametrize(
    ("number", "quote", "day", "level"),
    [
        (LOG, "CAD 1234/02NOV26", "Thu", "quoted"),
        (LOG, "CAD 1234/02NOV", "Thu", "quoted"),
        (LOG, "CAD 1234 of 02/11/2026", "Thu", "quoted"),
        (LOG, "CAD 1234/02NOV25", "Thu", "missing"),
        (LOG, "CAD 1234/03NOV", "Tue", "missing"),
        (LOG, "CAD 1235/02NOV", "Tue", "missing"),
        (LOG, "CAD 1234", "Tue", "quoted"),
        (LOG, "CAD 1234", "Thu", "missing"),
        ("CAD 1234", "CAD 1234/02NOV", "Thu", "quoted"),
        ("CAD 1234", "CAD 1234/04NOV", "Thu", "missing"),
        ("CAD 1234", "CAD 1234", "Tue", "quoted"),
        ("CAD 1234", "CAD 1234", "Wed", "missing"),
        ("4634567/26", "CRN 4634567", "Thu", "quoted"),
        ("4634567/26", "CRN 4634567/25", "Thu", "missing"),
        ("ASB-20417", "ASB 20417", "Thu", "quoted"),
    ],
)
def test_a_quoted_reference_is_one_of_equal_number_whose_day_agrees(
    number: str, quote: str, day: str, level: str
) -> None:
    police = features("a", {"reference": number, "reported": "Mon 22:10"})
    landlord = features("b", {"agency": "housing", "reported": f"{day} 09:30", "quotes": [quote]})
    assert _level(police, landlord) == _level(landlord, police) == level


def test_two_that_quote_a_third_in_two_spellings_both_quote_it() -> None:
    one = features("a", {"reported": "Mon 22:10", "quotes": ["CAD 1234/02NOV26"]})
    other = features("b", {"agency": "housing", "reported": "Tue 09:00", "quotes": ["CAD 1234"]})
    assert _level(one, other) == "both_quote"


def _level(one: Any, other: Any) -> str:
    interner = Interner(load_model())
    left, right = interner.incident(one, ()), interner.incident(other, ())
    return INCIDENT_LEVELS["reference"][reference(left, right)]
