"""The table that rules look at: one row a report, one column for each thing that may be asked of it.

| column | what | empty where |
|---|---|---|
| time_precision | EXACT … RANGE (schemas.vocabulary), or NONE: of when it happened, else was reported | |
| occurred_at, reported_at, received_at | seconds since 1970 | not stated |
| days_to_report, days_to_receive | days from happening to report, and from report to receipt | not stated |
| has_place, has_spot, has_lsoa | any place; one with a point or UPRN; one in a known LSOA | |
| place_method | how the best place is known (schemas.vocabulary.PlaceMethod) | no place |
| open_label | name of a place, of openly published sources only | not published |
| category, regime, kind | as in the report | |
| envelope_facts | value-free facts | |
| detail_facts | the same, of the sealed part | no sealed part |
| persons_facts | the same, on whether somebody is named | nobody could be: not personal data |
| person_facts | the same, of those who are named | nobody is named |
| repeats_row, repeats_incident | told before, word for word; of the same incident by the same agency | not known |
| usable | false for rows in quarantine, which have nothing but this | |

A rule does not count what is empty, unless it asks for just that.
"""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from quality.rules import Rule
from schemas.vocabulary import Precision, Regime
from store.quality_rows import MeasuredReport

Frame = Any
"""A pandas DataFrame."""

_DAY: Final = 86_400.0
_TEXTS = ("agency", "occurred_precision", "category", "regime", "kind", "facts", "place_method", "open_label")
_FACTS_OF = {"occurred": "envelope_facts", "reported": "envelope_facts", "lsoa": "envelope_facts"}


def fact_column(rule: Rule) -> str:
    """The column of facts that a rule's fact stands in."""
    field = (rule.fact or "").partition(":")[0]
    if field == "persons":
        return "persons_facts"
    return "person_facts" if field.startswith("persons.") else _FACTS_OF.get(field, "detail_facts")


def frame_of_reports(reports: Sequence[MeasuredReport]) -> Frame:
    """The table of some reports, in their order, rows numbered from 0."""
    frame = pd.DataFrame.from_records(reports, columns=MeasuredReport._fields)
    for name in _TEXTS:
        frame[name] = frame[name].astype("category")
    for name in ("occurred_at", "reported_at", "told_at", "received_at"):
        frame[name] = frame[name].astype("float64")
    _add_times(frame)
    _add_places(frame)
    _add_facts(frame)
    frame["usable"] = True
    return frame


def frame_of_unusable(agency: str, rows: int) -> Frame:
    """The table of an agency's rows in quarantine."""
    return pd.DataFrame({"agency": pd.Categorical([agency] * rows), "usable": [False] * rows})


def frame_of_batches(batches: Sequence[dict[str, Any]]) -> Frame:
    """The table of deliveries (`quality.drift` says with which columns)."""
    frame = pd.DataFrame.from_records(batches)
    frame["agency"] = frame["agency"].astype("category")
    return frame


def _add_times(frame: Frame) -> None:
    happened = frame["occurred_precision"].astype("object")
    stated = happened.where(happened != Precision.UNKNOWN.value)
    told = frame["reported_at"].notna().map({True: Precision.MINUTE.value, False: "NONE"})
    frame["time_precision"] = stated.where(stated.notna(), told).astype("category")
    frame["days_to_report"] = (frame["told_at"] - frame["occurred_at"]) / _DAY
    frame["days_to_receive"] = (frame["received_at"] - frame["told_at"]) / _DAY


def _add_places(frame: Frame) -> None:
    frame["has_place"] = frame["places"] > 0
    point = frame["has_point"].astype("boolean").fillna(False)
    frame["has_spot"] = (point | frame["has_property"].astype("boolean").fillna(False)).astype(bool)


def _add_facts(frame: Frame) -> None:
    facts = frame["facts"]
    has_detail = frame["has_detail"].astype(bool)
    is_personal = has_detail & (frame["regime"] != Regime.NOT_PERSONAL_DATA.value)
    nobody = facts.map(lambda text: "persons:missing" in text.split()).astype(bool)
    frame["envelope_facts"] = facts
    frame["detail_facts"] = facts.where(has_detail)
    frame["persons_facts"] = facts.where(is_personal)
    frame["person_facts"] = facts.where(is_personal & ~nobody)
