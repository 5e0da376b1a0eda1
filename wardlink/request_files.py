"""Requests of a city's file and the duplicates that its staff marked in; rankings out."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from linkage.duplicates.measuring import Marks
from linkage.duplicates.model import DuplicateModel
from linkage.duplicates.neighbourhood import with_crowds
from linkage.duplicates.ranking import Ranked
from linkage.duplicates.reading import read_request
from linkage.duplicates.values import Request
from linkage.model import MILLIBITS
from schemas.errors import Refused
from wardlink.row_files import distinct_ids, read_rows

RANKED_COLUMNS = ("id", "rank", "other_id", "weight", "band")


def read_requests(path: Path, model: DuplicateModel) -> list[Request]:
    """The requests of a file. Refused where a column is missing, or an id is empty or comes twice."""
    rows = read_rows(path, model.columns.values())
    distinct_ids(rows, model.columns["id"])
    if not rows:
        raise Refused(f"{path}: has no rows; give a file with at least one request")
    return with_crowds((read_request(row, model.columns) for row in rows), float(model.content["within"]))


def read_marks(path: Path, model: DuplicateModel) -> Marks:
    """What staff marked. Refused where the model names no columns of a truth file, or one is missing."""
    truth = model.truth
    missing = [field for field in ("id", "cluster", "role", "parent") if field not in truth]
    if missing:
        raise Refused(
            f"--truth: model {model.name} names no {', '.join(missing)} under truth; add it in the model file"
        )
    rows = read_rows(path, (truth["id"], truth["cluster"], truth["role"]))
    if not rows:
        raise Refused(f"{path}: has no rows; give a file of the requests that were marked")
    told = [(row[truth["id"]] or "", row[truth["cluster"]] or "", row[truth["role"]]) for row in rows]
    parent = {cluster: each for each, cluster, role in told if role == truth["parent"]}
    return Marks(
        cluster_of={each: cluster for each, cluster, _ in told},
        parent_of={
            each: parent[cluster] for each, cluster, role in told if cluster in parent and role != truth["parent"]
        },
    )


def metres_of(text: str) -> float:
    """Of "500m", "0.5km" or "500". Refused for anything else, for nothing and for more than 5 km."""
    number, factor = text.strip().lower(), 1.0
    if number.endswith("km"):
        number, factor = number[:-2], 1000.0
    elif number.endswith("m"):
        number = number[:-1]
    try:
        found = float(number) * factor
    except ValueError:
        found = 0.0
    if not 0 < found <= _FARTHEST:
        raise Refused(f"--within {text}: is no distance up to 5km; write it like 500m")
    return found


_FARTHEST = 5_000.0


def write_ranking(path: Path, ranked: Iterable[tuple[str, Sequence[Ranked]]], model: DuplicateModel) -> int:
    """A CSV file with a row for each pair that was ranked; weights in bits. Returns the number of rows."""
    written = 0
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(RANKED_COLUMNS)
            for each, others in ranked:
                written += len(others)
                writer.writerows(
                    (each, number, other, f"{weight / MILLIBITS:.3f}", model.graph.band(weight))
                    for number, (other, weight) in enumerate(others, 1)
                )
    except OSError as error:
        raise Refused(f"{path}: cannot be written ({error.strerror}); give a path in a folder of yours") from None
    return written


def write_model(path: Path, text: str) -> None:
    """A model file. Refused where it cannot be written."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{path}: cannot be written ({error.strerror}); give a path in a folder of yours") from None
