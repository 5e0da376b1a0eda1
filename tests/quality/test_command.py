"""`wardlink quality` as its users call it: on a real database, and on files without any."""

import json
from pathlib import Path

import yaml

from tests.architecture.test_docs_examples import block
from tests.quality.conftest import Command
from tests.quality.filled import Filled
from tests.quality.rows import SECRETS, cad_file, cad_row


def test_a_steward_measures_and_reads_and_another_reads_nothing(
    filled: Filled, command: Command, tmp_path: Path
) -> None:
    rows = [cad_row(number, caller_dob="01/01/1900" if number % 2 else "10/12/1975") for number in range(1, 9)]
    filled.load("table", cad_file(tmp_path / "cad.csv", rows), "police-cad", "police")

    told = command("quality", "run", "--as", "police/steward", **filled.environment())
    assert (told.code, told.err) == (0, "")
    assert "police-cad: 8 reports, windows: 1, by common 1" in told.out
    assert json.loads(command("quality", "run", "--json").out) == []

    page = tmp_path / "quality.html"
    shown = command("quality", "report", "--as", "police/steward", "--json", "--html", str(page))
    report = json.loads(shown.out)
    [real] = [line for line in report["rules"] if line["rule"] == "birth_date_real"]
    assert (real["n"], real["failed"], real["falls_short"], real["dimension"]) == (8, 4, True, "accuracy")
    assert real["failing"] == [f"police:{number}/16JUN24" for number in (1, 3, 5, 7)]
    assert report["scorecard"][0]["falls_short"] >= 1
    assert "police:1/16JUN24" in page.read_text("utf-8")

    table = command("quality", "report", "--as", "police/steward").out
    assert "No date of birth is a placeholder" in table
    assert [secret for secret in SECRETS if secret in shown.out + table + page.read_text("utf-8")] == []
    assert json.loads(command("quality", "report", "--as", "essex/steward", "--json").out)["scorecard"] == []


def test_nobody_reads_for_nobody_and_who_does_not_measure_is_refused(filled: Filled, command: Command) -> None:
    nobody = command("quality", "report", **filled.environment())
    assert nobody.code == 2
    assert "--as" in nobody.err
    refused = command("quality", "run", "--as", "police/caseworker")
    assert refused.code == 1
    assert "police/steward" in refused.err
    unwritten = command("quality", "report", "--as", "police/steward", "--html", "no/such/folder/page.html")
    assert unwritten.code == 1
    assert "cannot be written" in unwritten.err


def test_the_pre_flight_ends_with_its_exit_code_and_needs_no_stack(command: Command, tmp_path: Path) -> None:
    options = ("--source", "table", "--profile", "police-cad")
    good = cad_file(tmp_path / "good.csv", (cad_row(number) for number in range(1, 6)))
    passed = command("quality", "check", str(good), *options, "--json")
    assert (passed.code, json.loads(passed.out)["verdict"]) == (0, "pass")

    bad = cad_file(tmp_path / "bad.csv", (cad_row(number, narrative="", caller_name="Zqx") for number in range(1, 6)))
    failed = command("quality", "check", str(bad), *options)
    assert failed.code == 1
    assert "What happened is told in words" in failed.out
    assert "bad.csv:2" in failed.out
    assert "Zqx" not in failed.out + failed.err

    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name\nZqxperson\n", "utf-8")
    unusable = command("quality", "check", str(wrong), *options, "--json")
    assert (unusable.code, json.loads(unusable.out)["verdict"]) == (2, "unusable")
    assert "expected" in unusable.err
    assert "Zqxperson" not in unusable.out + unusable.err


def test_the_suite_of_the_page_is_one_and_agrees_otherwise(command: Command, tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "police-cad.yaml").write_text(block("quality.md", "A file for one source:"), "utf-8")
    rows = [cad_row(number, caller_ref=f"N{number}") for number in range(1, 8)]
    rows += [cad_row(number, caller_ref=f"N{number}", narrative="") for number in range(8, 11)]
    options = ("--source", "table", "--profile", "police-cad", "--json")
    path = str(cad_file(tmp_path / "cad.csv", rows))
    assert command("quality", "check", path, *options).code == 1
    agreed = command("quality", "check", path, *options, "--suites", str(tmp_path / "suites"))
    assert agreed.code == 0
    told = json.loads(agreed.out)
    assert {"beat_graded"} <= {line["rule"] for line in told["rules"]}
    assert "contact" not in {line["rule"] for line in told["rules"]}
    assert yaml.safe_load(block("quality.md", "A file for one source:"))["agrees"]["narrative"]["agreed"] == 60
