"""Reading files: rows with their own bytes, damage that costs what it must and no more, words for what was found."""

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import files
from connectors.contract import Broken, Row
from schemas.errors import Refused

WANTED = "a table"


def rows_of(path: Path) -> list[Row | Broken]:
    return [row for member in files.members(path, lambda name: name.endswith(".csv")) for row in files.csv_rows(member)]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_row_knows_its_line_and_its_own_bytes(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "a.csv", b'id,note\r\n1,"two\r\nlines"\r\n2,\xc3\xa9\r\n'))
    assert [(row.position, row.raw) for row in rows] == [
        ("a.csv:2", b'1,"two\r\nlines"\r\n'),
        ("a.csv:4", b"2,\xc3\xa9\r\n"),
    ]
    assert [row.values for row in rows if isinstance(row, Row)] == [
        {"id": "1", "note": "two\r\nlines"},
        {"id": "2", "note": "é"},
    ]


@pytest.mark.parametrize(
    "bad",
    [b"1,2\n", b"1,2,3,4\n", b'1,"2,3\n', b'1,2,"3\n', b"1,\xff,3\n", b'"1,2,3\n'],
    ids=["short", "long", "open quote", "open quote at the end", "not UTF-8", "open quote at the start"],
)
def test_a_bad_row_costs_that_row_alone(tmp_path: Path, bad: bytes) -> None:
    good = [f"{number},x,y\n".encode() for number in range(20)]
    content = b"a,b,c\n" + b"".join([*good[:10], bad, *good[10:]])
    rows = rows_of(write(tmp_path / "a.csv", content))
    assert [row.raw for row in rows if isinstance(row, Broken)] in ([bad], [])
    assert [row.raw for row in rows if isinstance(row, Row) and row.raw in good] == good
    assert len(rows) == 21


def test_an_open_quote_at_the_end_of_the_file_keeps_the_rows_after_it(tmp_path: Path) -> None:
    lines = b"".join(f"{number},x\n".encode() for number in range(5_000))
    rows = rows_of(write(tmp_path / "a.csv", b'id,note\n0,"open\n' + lines))
    assert len(rows) == 5_001
    assert [row.raw for row in rows[1:]] == lines.splitlines(keepends=True)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(st.lists(st.tuples(texts, texts), max_size=20))
def test_whatever_a_csv_writer_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, cells: list) -> None:
    import csv

    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["first", "second"])
        writer.writerows(cells)
    rows = rows_of(path)
    assert [tuple(row.values.values()) for row in rows if isinstance(row, Row)] == cells


def test_a_row_that_no_message_could_carry_is_broken(tmp_path: Path) -> None:
    wide = ",".join(["x" * 100_000] * 4).encode()
    rows = rows_of(write(tmp_path / "a.csv", b"a,b,c,d\n" + wide + b"\n1,2,3,4\n"))
    assert [type(row) for row in rows] == [Broken, Row]


def test_a_truncated_gzip_gives_the_rows_before_the_break_then_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(b"id,note\n" + b"".join(f"{number},{number * 7919}\n".encode() for number in range(50_000)))
    path = write(tmp_path / "a.csv", whole[: len(whole) // 2])
    read: list[Row | Broken] = []
    with pytest.raises(Refused, match="breaks off or is damaged"):
        read += _until_refused(path, read)
    assert 1_000 < len(read) < 50_000


def _until_refused(path: Path, into: list[Row | Broken]) -> list[Row | Broken]:
    for row in files.csv_rows(files.members(path, lambda name: True)[0]):
        into.append(row)
    return []


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/er/a.csv", "id,note\n" + "1,x\n" * 10_000)
    whole = (tmp_path / "a.zip").read_bytes()
    middle = bytearray(whole)
    middle[60:80] = b"\xff" * 20
    with pytest.raises(Refused, match="damaged"):
        rows_of(write(tmp_path / "b.zip", bytes(middle)))
    assert len(rows_of(tmp_path / "a.zip")) == 10_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\xff\xfea\x00", "UTF-16 text"),
        (b"PK\x03\x04", "a zip archive"),
        (b'{"a": 1}', "JSON"),
        (b"\xef\xbb\xbf[1]", "JSON"),
        (b"<html>", "XML or HTML"),
        (b"\x00\x01", "binary data"),
        (b"a,b,c\nsecret,1,2\n", "text whose first line has 3 comma-separated columns"),
    ],
)
def test_a_file_is_described_without_its_content(content: bytes, words: str) -> None:
    assert files.describe(content) == words


def test_the_digest_depends_on_content_and_on_names_inside_a_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    for folder in ("one", "two"):
        write(tmp_path / folder / "a.csv", b"id\n1\n")
    assert files.digest([tmp_path / "one"]) == files.digest([tmp_path / "two"])
    (tmp_path / "two" / "a.csv").rename(tmp_path / "two" / "b.csv")
    assert files.digest([tmp_path / "one"]) != files.digest([tmp_path / "two"])
    write(tmp_path / "x.csv", b"id\n1\n")
    write(tmp_path / "y.csv", b"id\n1\n")
    assert files.digest([tmp_path / "x.csv"]) == files.digest([tmp_path / "y.csv"])


def test_lines_are_counted_for_the_bar_even_in_a_damaged_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", gzip.compress(b"id\n" * 100_000)[:-20])
    assert 0 <= files.count_lines(path, lambda name: True) <= 100_000
    assert files.count_lines(tmp_path / "nowhere", lambda name: True) == 0
