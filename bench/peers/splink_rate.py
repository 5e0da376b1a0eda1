"""How fast Splink takes in records beside those that it holds; runs in an environment of its own.

    python splink_rate.py HELD.csv COMING.csv BATCH

Each batch is scored with what is held (`predict_between`) by five comparisons and four blocking rules, and is not even
clustered. Prints one JSON line: records a second over all batches but the first.
"""

import json
import logging
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SETTINGS = SettingsCreator(
    link_type="dedupe_only",
    unique_id_column_name="unique_id",
    comparisons=[
        cl.JaroWinklerAtThresholds("given", [0.92, 0.8]),
        cl.JaroWinklerAtThresholds("family", [0.92, 0.8]),
        cl.LevenshteinAtThresholds("born", [1, 2]),
        cl.ExactMatch("postcode"),
        cl.ExactMatch("telephone"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("telephone"),
        block_on("born", "family"),
        block_on("given", "family"),
        block_on("postcode", "given"),
    ],
)


def main(held: str, coming: str, size: str) -> None:
    """Measures and prints."""
    logging.disable(logging.WARNING)  # that the weights are nobody's: here only the time counts
    con = duckdb.connect(":memory:")
    api = DuckDBAPI(connection=con)
    known = api.register(con.read_csv(held, all_varchar=True))
    linker = Linker(known, SETTINGS, log_level=None)
    rows, batch = con.read_csv(coming, all_varchar=True), int(size)
    took = []
    for start in range(0, len(rows), batch):
        began = time.perf_counter()
        fresh = api.register(rows.limit(batch, start))
        linker.inference.predict_between(known, fresh, threshold_match_weight=0).as_duckdbpyrelation().fetchall()
        took.append(time.perf_counter() - began)
    print(json.dumps({"batch": batch, "batches": len(took), "per_second": batch * (len(took) - 1) / sum(took[1:])}))


if __name__ == "__main__":
    main(*sys.argv[1:])
