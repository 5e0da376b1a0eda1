"""Rows of CSV files (plain or gzip) in; ids with their clusters out and in again."""

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import IO

from schemas.errors import Refused

Row = dict[str, str | None]


def read_rows(path: Path, columns: Iterable[str]) -> list[Row]:
    """The rows of a file, by column. Refused where it has none of these columns, or cannot be read."""
    with _reader(path) as reader:
        missing = sorted(set(columns) - set(reader.fieldnames or ()))
        if missing:
            raise Refused(
                f"{path}: has no column {', '.join(missing)}; name its columns by option, or in a profile of your own"
            )
        return list(reader)


def first_column(path: Path) -> str:
    """The name of a file's first column, empty where it has none. Refused where it cannot be read."""
    with _reader(path) as reader:
        return next(iter(reader.fieldnames or ()), "")


@contextmanager
def _reader(path: Path) -> Iterator["csv.DictReader[str]"]:
    try:
        with _opened(path) as file:
            yield csv.DictReader(file)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(
            f"{path}: cannot be read as CSV ({type(error).__name__}); give a UTF-8 file, or its .gz"
        ) from None


def in_order(rows: Sequence[Row], order: str) -> list[Row]:
    """The rows as `file` has them, or by `shuffle:SEED`."""
    kind, _, seed = order.partition(":")
    if order == "file":
        return list(rows)
    if kind != "shuffle" or not seed.lstrip("-").isdecimal():
        raise Refused(f"--order {order}: is neither file nor shuffle:SEED, such as shuffle:7")
    shuffled = list(rows)
    Random(int(seed)).shuffle(shuffled)  # noqa: S311 - an order, no secret
    return shuffled


def distinct_ids(rows: Sequence[Row], column: str) -> list[str]:
    """The rows' ids. Refused where one is missing or comes twice."""
    ids = [row[column] or "" for row in rows]
    if "" in ids or len(set(ids)) < len(ids):
        raise Refused(f"column {column}: every row needs an id of its own, some is empty or comes twice")
    return ids


def write_clusters(path: Path, pairs: Iterable[tuple[str, str]], column: str) -> None:
    """A CSV file of the rows' ids with their clusters'."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((column, "cluster_id"))
            writer.writerows(pairs)
    except OSError as error:
        raise Refused(f"{path}: cannot be written ({error.strerror}); give a path in a folder of yours") from None


def read_label(path: Path, key: str, column: str) -> dict[str, str]:
    """One column of a file by the rows' ids; rows where it is empty are left out."""
    rows = read_rows(path, (key, column))
    return {row[key] or "": row[column] or "" for row in rows if row[column]}


def read_tags(path: Path, key: str, column: str = "tags") -> dict[str, set[str]]:
    """The ids that bear each tag (parted by spaces or semicolons); none where the file has no such column."""
    found: dict[str, set[str]] = {}
    for row in read_rows(path, (key,)):
        for tag in (row.get(column) or "").replace(";", " ").split():
            found.setdefault(tag, set()).add(row[key] or "")
    return dict(sorted(found.items()))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), "utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def shown(rows: Sequence[Row], tell: str) -> Iterator[Row]:
    """The rows, one by one, under a bar on the terminal."""
    from connectors.progress import ProgressBar

    with ProgressBar() as bar:
        bar.begin(tell, len(rows))
        for number, row in enumerate(rows, 1):
            yield row
            if not number % 100:
                bar.advance(100)
