"""Measured reports for tests, and random ones."""

from typing import Any

from hypothesis import strategies as st

from store.quality_rows import MeasuredReport

GOOD = MeasuredReport(
    area="E09000012",
    report_id="police:1",
    agency="police",
    occurred_precision="MINUTE",
    occurred_at=1_000_000.0,
    reported_at=1_003_600.0,
    told_at=1_003_600.0,
    received_at=1_050_000.0,
    category="NOISE",
    regime="UK_GDPR",
    kind="OPERATIONAL",
    facts="",
    has_detail=True,
    places=1,
    has_point=True,
    has_property=True,
    place_method="STATED_UPRN",
    open_label=None,
    has_lsoa=True,
    repeats_row=False,
    repeats_incident=False,
)
"""A report that every common rule is content with."""


def report(number: int = 1, **changes: Any) -> MeasuredReport:
    """A good report but for these changes."""
    agency = changes.get("agency", "police")
    return GOOD._replace(**{"report_id": f"{agency}:{number}", **changes})


FACTS = ("", "narrative:missing", "persons:missing", "persons.name:missing persons.birth_date:missing",
         "narrative:telephone_found places.source.uprn:invalid")  # fmt: skip
_TIMES = st.none() | st.floats(min_value=0, max_value=2e9).map(lambda seconds: round(seconds, 3))


@st.composite
def _reports(draw: st.DrawFn) -> MeasuredReport:
    places = draw(st.integers(0, 2))
    return report(
        agency=draw(st.sampled_from(("police", "housing"))),
        occurred_precision=draw(st.sampled_from((None, "UNKNOWN", "DAY", "MINUTE", "RANGE"))),
        occurred_at=draw(_TIMES),
        reported_at=draw(_TIMES),
        told_at=draw(_TIMES),
        category=draw(st.sampled_from(("OTHER", "NOISE"))),
        regime=draw(st.sampled_from(("NOT_STATED", "UK_GDPR", "NOT_PERSONAL_DATA"))),
        facts=draw(st.sampled_from(FACTS)),
        has_detail=draw(st.booleans()),
        places=places,
        has_point=draw(st.booleans()) if places else None,
        has_property=draw(st.booleans()) if places else None,
        place_method=draw(st.sampled_from(("STATED_UPRN", "STATED_ADDRESS"))) if places else None,
        repeats_row=draw(st.none() | st.booleans()),
        has_lsoa=draw(st.booleans()),
    )


def many_reports(least: int = 1, most: int = 40) -> st.SearchStrategy[list[MeasuredReport]]:
    """Random reports, each with an id of its own."""
    return st.lists(_reports(), min_size=least, max_size=most).map(
        lambda reports: [one._replace(report_id=f"{one.agency}:{number}") for number, one in enumerate(reports)]
    )
