"""`wardlink directory` as it is typed: a file is tried before the roles go by it."""

import json
from importlib.resources import files

import pytest

from wardlink.cli import main

DEMO = str(files("policy") / "directories" / "demo.yaml")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["wardlink", "directory", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_good_file_is_summed_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "check", DEMO) == 0
    assert "2 team(s), 1 estate(s), duty: asb.duty@housing.example" in capsys.readouterr().out
    assert run(monkeypatch, "check", DEMO, "--json") == 0
    assert [each["agency"] for each in json.loads(capsys.readouterr().out)["agencies"]] == [
        "police",
        "housing",
        "council",
    ]


AWAY = ("--building", "100000000001", "--on", "2026-08-05")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("housing", "--uprn", "100000000077"), "street.properties@housing.example  (street-properties: team for the"),
        (("police", "--owner", "South SNT", "--uprn", "1"), "snt.south@police.example  (snt-south: owner of the open"),
        (("council",), "noise.duty@council.example  (duty: on duty; escalation community.safety@council.example)"),
        (("housing", *AWAY), "street.properties@housing.example  (street-properties: team for the place, covering for"),
    ],
)
def test_a_route_is_told_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert run(monkeypatch, "route", "--directory", DEMO, "--agency", *words) == 0
    assert capsys.readouterr().out.startswith(told)


def test_nobody_to_read_it_or_no_directory_is_refused_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "route", "--directory", DEMO, "--agency", "fire") == 1
    assert "fire is not in the directory (add it" in capsys.readouterr().err
    assert run(monkeypatch, "route", "--agency", "police") == 1
    assert "set WARDLINK_DIRECTORY" in capsys.readouterr().err
