"""`wardlink gazetteer` and `match-address` on small files: what the user types, and what they read."""

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from schemas.errors import Refused
from wardlink.commands import gazetteer
from wardlink.gazetteer_files import property_finder

Run = Callable[..., str]

PLAIN = ("UPRN,PARENT_UPRN,ADDRESS,POSTCODE", "1,,8 Mare Street,E8 1AA", '2,1,"Flat 1, 8 Mare Street",E8 1AA',
         '3,1,"Flat 2, 8 Mare Street",E8 1AA', "4,,12 Vine Walk,E8 2BB")  # fmt: skip
DELIVERY_POINTS = ("uprn,parent_uprn,sub_building_name,building_name,building_number,thoroughfare,post_town,postcode",
                   "1,,,,8,MARE STREET,LONDON,E8 1AA", "2,1,FLAT 1,,8,MARE STREET,LONDON,E8 1AA",
                   "3,1,FLAT 2,,8,MARE STREET,LONDON,E8 1AA", "4,,,,12,VINE WALK,LONDON,E8 2BB")  # fmt: skip
LAND_AND_PROPERTY = (
    "UPRN,PARENT_UPRN,SAO_START_NUMBER,SAO_START_SUFFIX,SAO_TEXT,PAO_START_NUMBER,PAO_START_SUFFIX,PAO_END_NUMBER,PAO_TEXT,"
    "STREET_DESCRIPTOR,TOWN_NAME,POSTCODE_LOCATOR",
    "1,,,,,8,,,,MARE STREET,LONDON,E8 1AA",
    "2,1,1,,,8,,,,MARE STREET,LONDON,E8 1AA",
    "3,1,,,FLAT 2,8,,,,MARE STREET,LONDON,E8 1AA",
    "4,,,,,12,,,,VINE WALK,LONDON,E8 2BB",
)
ASKED = ("id,address,postcode", "a,Flat 2 8 Mare St,E8 1AA", 'b,"12, Vine Wlk",', "c,99 Letsby Avenue,")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs one command with a home of its own, and gives what it printed."""
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    app = typer.Typer()
    gazetteer.register(app)

    def invoke(*words: object) -> str:
        return CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False).stdout

    return invoke


def written(path: Path, lines: Sequence[str], encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def matched(run: Run, tmp_path: Path, asked: Path) -> list[dict[str, str]]:
    run("match-address", asked, "--gazetteer", "town", "--out", tmp_path / "matched.csv")
    with (tmp_path / "matched.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("lines", "form"), [(PLAIN, "plain"), (DELIVERY_POINTS, "os-uprn"), (LAND_AND_PROPERTY, "bs7666")]
)
def test_each_form_is_told_by_its_columns_and_finds_the_same(
    run: Run, tmp_path: Path, lines: Sequence[str], form: str
) -> None:
    told = json.loads(run("gazetteer", "import", written(tmp_path / "g.csv", lines), "--name", "town", "--json"))
    assert told == {"name": "town", "format": form, "entries": 4, "left_out": {}}
    rows = matched(run, tmp_path, written(tmp_path / "asked.csv", ASKED))
    assert list(rows[0]) == ["id", "uprn", "weight", "gap", "reason"]
    assert [(row["id"], row["uprn"]) for row in rows] == [("a", "3"), ("b", "4"), ("c", "")]
    assert rows[0]["reason"] == "2 of 2 words, number 8, postcode; dwelling 2" if form == "plain" else rows[0]["reason"]
    assert "no building" in rows[2]["reason"]


def test_a_byte_order_mark_and_a_gz_are_read(run: Run, tmp_path: Path) -> None:
    lines = ("uprn,address,postcode", "1,7 Café Row,E8 1AA", "2,8 Mare Street,E8 1AB")
    with gzip.open(tmp_path / "g.csv.gz", "wb") as file:
        file.write("\n".join(lines).encode("utf-8-sig"))
    run("gazetteer", "import", tmp_path / "g.csv.gz", "--name", "town")
    asked = written(tmp_path / "asked.csv", ("id,address", "x,7 Café Row E8 1AA"), "utf-8-sig")
    assert matched(run, tmp_path, asked)[0]["uprn"] == "1"


def test_a_row_in_another_encoding_is_named_and_the_others_kept(run: Run, tmp_path: Path) -> None:
    lines = ("uprn,address,postcode", "1,7 Café Row,E8 1AA", "2,8 Mare Street,E8 1AB")
    told = run("gazetteer", "import", written(tmp_path / "g.csv", lines, "cp1252"), "--name", "town")
    assert "town: 1 properties kept" in told
    assert "g.csv:2 is not UTF-8" in told


def test_rows_that_are_no_property_are_counted_and_named(run: Run, tmp_path: Path) -> None:
    lines = (*PLAIN, "12x,,1 Nowhere,", "4,,12 Vine Walk,", "77,,,", "8,too few")
    told = run("gazetteer", "import", written(tmp_path / "g.csv", lines), "--name", "town")
    assert "town: 4 properties kept (plain) in " in told
    for rule in ("uprn: is not 1 to 12 digits", "uprn: comes a second time", "address: is empty"):
        assert f"1 left out: {rule}" in told
    assert "g.csv:6 uprn: is not 1 to 12 digits" in told
    assert "Nowhere" not in told
    assert json.loads(run("gazetteer", "list", "--json")) == ["town"]


def test_rows_that_cannot_be_split_are_named_and_the_others_matched(run: Run, tmp_path: Path) -> None:
    run("gazetteer", "import", written(tmp_path / "g.csv", PLAIN), "--name", "town")
    asked = written(tmp_path / "asked.csv", (*ASKED, "d,one,E8 1AA,too many"))
    told = run("match-address", asked, "--gazetteer", "town", "--out", tmp_path / "m.csv")
    assert "2 of 3 addresses matched" in told
    assert "asked.csv:5 has another number of columns than the header" in told


def test_a_gazetteer_that_is_refused_leaves_the_one_before(run: Run, tmp_path: Path) -> None:
    run("gazetteer", "import", written(tmp_path / "g.csv", PLAIN), "--name", "town")
    with pytest.raises(Refused, match="not one row is a property"):
        run("gazetteer", "import", written(tmp_path / "bad.csv", ("uprn,address", "x,y")), "--name", "town")
    assert matched(run, tmp_path, written(tmp_path / "asked.csv", ASKED))[0]["uprn"] == "3"


@pytest.mark.parametrize(
    ("lines", "words", "told"),
    [
        (("a,b", "1,2"), (), "expected a gazetteer with uprn and pao_start_number"),
        (PLAIN, ("--format", "bs7666"), "expected a gazetteer with uprn and pao_start_number"),
        (PLAIN, ("--format", "paf"), "expected a gazetteer with"),
        ((), (), "found an empty file"),
        (PLAIN, ("--name", "The Town"), "must be small letters"),
    ],
)
def test_a_wrong_file_is_refused_with_what_was_expected(
    run: Run, tmp_path: Path, lines: Sequence[str], words: Sequence[str], told: str
) -> None:
    path = tmp_path / "g.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(Refused, match=told):
        run("gazetteer", "import", path, "--name", "town", *words)


def test_asking_without_a_gazetteer_or_the_columns_is_refused(run: Run, tmp_path: Path) -> None:
    asked, out = written(tmp_path / "asked.csv", ASKED), tmp_path / "m.csv"
    with pytest.raises(Refused, match="--gazetteer town: was never imported"):
        run("match-address", asked, "--gazetteer", "town", "--out", out)
    run("gazetteer", "import", written(tmp_path / "g.csv", PLAIN), "--name", "town")
    with pytest.raises(Refused, match="expected the columns id and address"):
        run("match-address", tmp_path / "g.csv", "--gazetteer", "town", "--out", out)
    with pytest.raises(Refused, match="cannot be written"):
        run("match-address", asked, "--gazetteer", "town", "--out", tmp_path / "nowhere" / "m.csv")


def test_connectors_find_properties_by_the_file_that_an_import_kept(run: Run, tmp_path: Path) -> None:
    assert property_finder(None) is None
    told = run("gazetteer", "import", written(tmp_path / "g.csv", PLAIN), "--name", "town")
    kept = tmp_path / "home" / "gazetteers" / "town.csv"
    assert str(kept) in told
    finder = property_finder(kept)
    assert finder is not None
    assert finder("Flat 2, 8 Mare St", "E8 1AA") == "3"
    assert finder("99 Letsby Avenue", None) is None
    with pytest.raises(Refused, match="import it first"):
        property_finder(tmp_path / "g.csv")
    with pytest.raises(Refused, match="No such file"):
        property_finder(tmp_path / "none.csv")
