"""uk_address_matcher on addresses of the bench; runs in an environment of its own and imports nothing of ours.

    python uk_addresses.py GAZETTEER.csv ASKED.csv MATCHED.csv

Prints one JSON line: seconds to prepare the gazetteer (once, kept beside it), to match all that are asked, and one.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
from uk_address_matcher import AddressMatcher, prepare_canonical_folder


def main(gazetteer: str, asked: str, matched: str) -> None:
    """Matches every address that is asked, then a single one."""
    con = duckdb.connect(":memory:")
    folder = Path(gazetteer).with_suffix(".prepared")
    began = time.perf_counter()
    if not folder.exists():
        known = con.read_csv(gazetteer, all_varchar=True)
        prepare_canonical_folder(known, folder, con=con, show_progress=False)
    prepared = time.perf_counter() - began
    wanted = con.read_csv(asked, all_varchar=True)
    seconds, result = _match(con, folder, wanted)
    result.matches().project("unique_id, resolved_canonical_id").write_csv(matched, header=True)
    one, _ = _match(con, folder, wanted.limit(1))
    print(json.dumps({"prepared_s": prepared, "all_s": seconds, "one_s": one}))


def _match(con: Any, folder: Path, wanted: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    result = AddressMatcher(folder, wanted, con=con, show_progress=False).match()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main(*sys.argv[1:])
