"""`wardlink quality` as its users call it: on a real database, and on files without any."""

import json
from pathlib import Path

import yaml

from tests.architecture.test_docs_examples import block
from tests.command_line import CommandLine
from tests.quality.filled import Filled
from tests.quality.rows import SECRETS, cad_file, cad_row


def test_a_steward_measures_and_reads_and_another_reads_nothing(filled: Filled, tmp_path: Path) -> None:
    wardlink = filled.command_line(tmp_path / "home")
    rows = [cad_row(number, caller_dob="01/01/1900" if number % 2 else "10/12/1975") for number in range(1, 9)]
    filled.load("table", cad_file(tmp_path / "cad.csv", rows), "police-cad", "police")

    told = wardlink.succeed("quality", "run", "--as", "police/steward")
    assert "police-cad: 8 reports in 1 windows" in told
    assert json.loads(wardlink.succeed("quality", "run", "--json")) == []

    page = tmp_path / "quality.html"
    shown = wardlink.succeed("quality", "report", "--as", "police/steward", "--json", "--html", str(page))
    report = json.loads(shown)
    [real] = [line for line in report["rules"] if line["rule"] == "birth_date_real"]
    assert (real["n"], real["failed"], real["falls_short"], real["dimension"]) == (8, 4, True, "accuracy")
    assert real["failing"] == [f"police:{number}/16JUN24" for number in (1, 3, 5, 7)]
    assert report["scorecard"][0]["falls_short"] >= 1
    assert "police:1/16JUN24" in page.read_text("utf-8")

    table = wardlink.succeed("quality", "report", "--as", "police/steward")
    assert "No date of birth is a placeholder" in table
    assert [secret for secret in SECRETS if secret in shown + table + page.read_text("utf-8")] == []
    assert json.loads(wardlink.succeed("quality", "report", "--as", "essex/steward", "--json"))["scorecard"] == []


def test_nobody_reads_for_nobody_and_who_does_not_measure_is_refused(filled: Filled, tmp_path: Path) -> None:
    wardlink = filled.command_line(tmp_path / "home")
    nobody = wardlink("quality", "report")
    assert nobody.returncode == 2
    assert "--as" in nobody.stderr
    refused = wardlink("quality", "run", "--as", "police/caseworker")
    assert refused.returncode == 1
    assert "police/steward" in refused.stderr


def test_the_pre_flight_ends_with_its_exit_code_and_needs_no_stack(tmp_path: Path) -> None:
    wardlink = CommandLine(tmp_path / "home")
    options = ("--source", "table", "--profile", "police-cad")
    good = cad_file(tmp_path / "good.csv", (cad_row(number) for number in range(1, 6)))
    passed = wardlink("quality", "check", str(good), *options, "--json")
    assert (passed.returncode, json.loads(passed.stdout)["verdict"]) == (0, "pass")

    bad = cad_file(tmp_path / "bad.csv", (cad_row(number, narrative="", caller_name="Zqx") for number in range(1, 6)))
    failed = wardlink("quality", "check", str(bad), *options)
    assert failed.returncode == 1
    assert "What happened is told in words" in failed.stdout
    assert "bad.csv:2" in failed.stdout
    assert "Zqx" not in failed.stdout + failed.stderr

    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name\nZqxperson\n", "utf-8")
    unusable = wardlink("quality", "check", str(wrong), *options, "--json")
    assert (unusable.returncode, json.loads(unusable.stdout)["verdict"]) == (2, "unusable")
    assert "expected" in unusable.stderr
    assert "Zqxperson" not in unusable.stdout + unusable.stderr


def test_the_suite_of_the_page_is_one_and_agrees_otherwise(tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "police-cad.yaml").write_text(block("quality.md", "A file for one source:"), "utf-8")
    wardlink = CommandLine(tmp_path / "home")
    rows = [cad_row(number, caller_ref=f"N{number}") for number in range(1, 8)]
    rows += [cad_row(number, caller_ref=f"N{number}", narrative="") for number in range(8, 11)]
    options = ("--source", "table", "--profile", "police-cad", "--json")
    path = str(cad_file(tmp_path / "cad.csv", rows))
    assert wardlink("quality", "check", path, *options).returncode == 1
    agreed = wardlink("quality", "check", path, *options, "--suites", str(tmp_path / "suites"))
    assert agreed.returncode == 0
    told = json.loads(agreed.stdout)
    assert {"beat_graded"} <= {line["rule"] for line in told["rules"]}
    assert "contact" not in {line["rule"] for line in told["rules"]}
    assert yaml.safe_load(block("quality.md", "A file for one source:"))["agrees"]["narrative"]["agreed"] == 60
