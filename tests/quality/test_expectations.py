"""Great Expectations answers as plain counting does, tells positions only, writes nothing and asks nobody."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from quality.expectations import Examiner
from quality.frames import frame_of_reports, frame_of_unusable
from quality.suites import load_suites
from quality.tally import KEPT, Tally, results
from schemas.errors import Refused
from store.quality_rows import MeasuredReport
from tests.architecture.composed import ROOT
from tests.quality.samples import many_reports, report

SUITE = load_suites().of("any-source")
EXAMINER = Examiner(SUITE, "reports")


def _is_personal(one: MeasuredReport) -> bool:
    return one.has_detail and one.regime != "NOT_PERSONAL_DATA"


def _names_somebody(one: MeasuredReport) -> bool:
    return _is_personal(one) and "persons:missing" not in one.facts.split()


Asks = Callable[[MeasuredReport], bool | None]
PLAIN: dict[str, Asks] = {
    "time_of_day": lambda one: (
        one.occurred_precision in {"MINUTE", "RANGE"}
        if one.occurred_precision not in {None, "UNKNOWN"}
        else one.reported_at is not None
    ),
    "location": lambda one: one.places > 0,
    "spot": lambda one: bool(one.has_point or one.has_property),
    "lsoa": lambda one: one.has_lsoa,
    "narrative": lambda one: "narrative:missing" not in one.facts.split() if one.has_detail else None,
    "persons": lambda one: "persons:missing" not in one.facts.split() if _is_personal(one) else None,
    "name": lambda one: "persons.name:missing" not in one.facts.split() if _names_somebody(one) else None,
    "regime": lambda one: one.regime != "NOT_STATED",
    "row_once": lambda one: None if one.repeats_row is None else not one.repeats_row,
    "reported_after_it_happened": lambda one: (
        None if one.reported_at is None or one.occurred_at is None else one.reported_at >= one.occurred_at
    ),
    "received_soon": lambda one: None if one.told_at is None else (one.received_at - one.told_at) / 86_400 <= 3,
    "category": lambda one: one.category != "OTHER",
    "property_number_valid": lambda one: "uprn:invalid" not in one.facts if one.has_detail else None,
    "no_telephone_in_text": lambda one: "telephone_found" not in one.facts if one.has_detail else None,
    "place_exact": lambda one: None if one.place_method is None else one.place_method == "STATED_UPRN",
}
"""The rules, said again in plain Python: True passes, False fails, None does not apply."""


@given(many_reports())
@settings(max_examples=20, deadline=None)
def test_it_counts_as_plain_python_does(reports: list[MeasuredReport]) -> None:
    answers = {asked.rule.id: asked for asked in EXAMINER.ask(frame_of_reports(reports))}
    for rule, asks in PLAIN.items():
        told = [asks(one) for one in reports]
        asked = answers[rule]
        assert asked.checked == Counter(
            one.agency for one, answer in zip(reports, told, strict=True) if answer is not None
        )
        assert asked.failed.tolist() == [place for place, answer in enumerate(told) if answer is False], rule


def test_a_good_report_passes_every_common_rule() -> None:
    answers = EXAMINER.ask(frame_of_reports([report(1), report(2)]))
    assert [(asked.rule.id, asked.failed.tolist()) for asked in answers if len(asked.failed)] == []
    assert {asked.rule.id: sum(asked.checked.values()) for asked in answers} == {
        rule.id: 2 for rule in SUITE.rules if rule.of == "reports"
    }


def test_no_value_and_no_id_is_in_what_great_expectations_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    kind = type(EXAMINER._batches)
    real = kind.get_batch

    def listening(self: object, *arguments: object, **named: object) -> object:
        batch = real(self, *arguments, **named)
        validate = batch.validate

        def noting(*inner: object, **more: object) -> object:
            result = validate(*inner, **more)
            told.append(json.dumps(result.to_json_dict(), default=str))
            return result

        object.__setattr__(batch, "validate", noting)
        return batch

    monkeypatch.setattr(kind, "get_batch", listening)
    secret = "Zqxlabel"
    EXAMINER.ask(frame_of_reports([report(number, open_label=secret, category="OTHER") for number in range(7, 9)]))
    assert told
    assert secret not in told[0]
    assert "police:7" not in told[0]
    assert "unexpected_index_list" in told[0]


def test_the_first_failing_are_kept_and_all_are_counted() -> None:
    reports = [report(number, category="OTHER") for number in range(KEPT + 20)]
    tally = Tally()
    for chunk in (reports[:50], reports[50:]):
        frame = frame_of_reports(chunk)
        names = {place: (one.area, one.report_id) for place, one in enumerate(chunk)}
        tally.add(EXAMINER.ask(frame), frame, lambda places, names=names: [names[place] for place in places])  # type: ignore[misc]
    [result] = [one for one in results(tally, SUITE.rules, "police") if one.rule == "category"]
    assert (result.checked, result.passed) == (KEPT + 20, 0)
    assert list(result.failing) == [(one.area, one.report_id) for one in reports[:KEPT]]


def test_rows_in_quarantine_have_nothing_but_that_they_cannot_be_used() -> None:
    rows = Examiner(SUITE, "rows")
    [asked] = rows.ask(frame_of_unusable("police", 3))
    assert (asked.rule.id, asked.checked, asked.failed.tolist()) == ("usable", {"police": 3}, [0, 1, 2])


def test_a_column_that_is_none_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(
        "name: odd\nversion: 1\ndescribes: x\nrules:\n  - {id: new, says: x, dimension: validity, severity: info, "
        "owner: me, expect: expect_column_values_to_not_be_null, with: {column: narrative_text}}\n",
        "utf-8",
    )
    examiner = Examiner(load_suites(tmp_path).of("odd"), "reports")
    with pytest.raises(Refused, match="there is no column narrative_text"):
        examiner.ask(frame_of_reports([report()]))


LISTENING = """
import os, sys
asked, written = [], []
def hear(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        asked.append((event, str(arguments)))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        written.append(str(arguments[0]))
sys.addaudithook(hear)
from quality.expectations import Examiner
from quality.frames import frame_of_reports
from quality.suites import load_suites
from tests.quality.samples import report
examiner = Examiner(load_suites().of("any-source"), "reports")
examiner.ask(frame_of_reports([report(number, category="OTHER") for number in range(100)]))
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=0.1)
except OSError:
    pass
outside = [name for name in written if not name.endswith(".pyc") and "__pycache__" not in name]
print(len(asked), asked[:1], outside)
"""


def test_it_asks_nobody_and_writes_nothing(tmp_path: Path) -> None:
    """The last line asks on purpose: the listener hears that, and only that."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "GX_CLOUD_ACCESS_TOKEN": "planted"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(
        (sys.executable, "-c", LISTENING),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    heard = done.stdout.strip().splitlines()[-1]
    assert heard.startswith(("2 [('socket.getaddrinfo'", "1 [('socket.connect'")), heard
    assert heard.endswith("[]"), heard
    assert [path.name for path in tmp_path.iterdir() if "great_expectations" in path.name or path.name == "gx"] == []


def test_the_command_line_does_not_load_it() -> None:
    loaded = "{'great_expectations', 'pandas'} & set(sys.modules)"
    script = f"import sys; from wardlink.cli import build; build(); print({loaded})"
    done = subprocess.run((sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
