"""Splink's clusters of a register of people; runs in an environment of its own.

    python people_splink.py SET ROWS.csv CLUSTERS.csv

Set up as its own examples are: comparisons of the library with term frequencies, u from random pairs, m by expectation
maximisation under several blocking rules, connected components at the probability that its examples take. Writes
`id,cluster_id`, prints one JSON line.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_SEED = 1


def _near(column: str) -> Any:
    return cl.JaroWinklerAtThresholds(column, [0.9, 0.7]).configure(term_frequency_adjustments=True)


def _exact(column: str) -> Any:
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


def _febrl() -> dict[str, Any]:
    return {
        "key": "rec_id",
        "comparisons": [
            _near("given_name"), _near("surname"), cl.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.LevenshteinAtThresholds("soc_sec_id", [2]), _exact("street_number"), _exact("postcode"),
            _near("address_1"), _near("suburb"),
        ],
        "rules": [
            block_on("soc_sec_id"), block_on("given_name", "surname"), block_on("date_of_birth"),
            block_on("surname", "postcode"), block_on("given_name", "postcode"), block_on("street_number", "postcode"),
        ],
        "learn": [block_on("date_of_birth"), block_on("substr(given_name, 1, 1)", "surname")],
        "certain": [block_on("given_name", "surname", "date_of_birth")],
        "probability": 0.9,
    }  # fmt: skip


def _households() -> dict[str, Any]:
    return {
        "key": "rec_id",
        "comparisons": [
            _near("first_name"), _exact("middle_initial"), _near("last_name"), _exact("street_number"),
            _near("street_name"), _exact("unit_number"),
        ],
        "rules": [
            block_on("first_name", "last_name"), block_on("first_name", "street_name"),
            block_on("last_name", "street_name"), block_on("street_number", "street_name"),
            block_on("substr(first_name, 1, 3)", "last_name"), block_on("substr(last_name, 1, 3)", "first_name"),
        ],
        "learn": [block_on("first_name", "last_name"), block_on("street_number", "street_name")],
        "certain": [block_on("first_name", "last_name", "street_name", "street_number")],
        "probability": 0.9,
    }  # fmt: skip


def _historical() -> dict[str, Any]:
    return {
        "key": "unique_id",
        "comparisons": [
            cl.ForenameSurnameComparison("first", "last", jaro_winkler_thresholds=[0.92, 0.8]),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            _exact("birth_place"), _exact("occupation"),
        ],
        "rules": [
            block_on("first", "last"), block_on("last", "dob"), block_on("first", "dob"),
            block_on("postcode_fake", "first"), block_on("postcode_fake", "last"), block_on("dob", "birth_place"),
            block_on("substr(postcode_fake, 1, 3)", "dob"), block_on("postcode_fake", "substr(dob, 1, 4)"),
            block_on("substr(first, 1, 3)", "substr(last, 1, 4)", "substr(dob, 1, 4)"),
            block_on("substr(last, 1, 4)", "birth_place", "substr(dob, 1, 4)"),
        ],
        "learn": [block_on("first", "last"), block_on("dob")],
        "certain": [block_on("first", "last", "dob")],
        "probability": 0.95,
    }  # fmt: skip


_SETS: dict[str, Callable[[], dict[str, Any]]] = {
    "febrl": _febrl, "households": _households, "historical": _historical,
}  # fmt: skip
_FIRST_AND_LAST = "SELECT *, split_part(full_name, ' ', 1) AS first, split_part(full_name, ' ', -1) AS last FROM rows"


def main(name: str, rows: str, out: str) -> None:
    """Links and writes."""
    logging.disable(logging.WARNING)
    began, setup, con = time.perf_counter(), _SETS[name](), duckdb.connect(":memory:")
    con.execute("CREATE TABLE rows AS SELECT * FROM read_csv(?, all_varchar = true)", [rows])
    table = con.sql(_FIRST_AND_LAST if name == "historical" else "SELECT * FROM rows")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=setup["key"],
        comparisons=setup["comparisons"],
        blocking_rules_to_generate_predictions=setup["rules"],
    )
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register(table), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(setup["certain"], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=_SEED)
    for rule in setup["learn"]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=setup["probability"])
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, setup["probability"])
    key = setup["key"]
    clusters.as_duckdbpyrelation().project(f"{key} AS id, cluster_id").write_csv(out)
    print(json.dumps({"seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
