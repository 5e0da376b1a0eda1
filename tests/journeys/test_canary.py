"""No byte that leaves holds personal data in clear: unique strings are planted, and every file is searched for them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from kafka import KafkaProducer

from tests.command_line import CommandLine
from wardlink.settings import kafka_settings, store_settings

CANARIES = {
    "caller_name": "Zqxwilhelmina Canaryperson",
    "caller_dob": "13/07/1931",
    "caller_phone": "07700 900987",
    "caller_address": "77 Zqxcanary Terrace",
    "narrative": "zqxnarrative of a very yellow bird",
}
FORMS = (*CANARIES.values(), "Zqxwilhelmina", "Canaryperson", "zqxnarrative", "1931-07-13", "07700900987", "7700900987")
PLANTED = "zqxplanted in clear on purpose"


def write_log(path: Path) -> None:
    """A police CAD log whose one good row and one bad row both hold the canaries."""
    row = {
        "incident_no": "CAD 1/02NOV",
        "opened_at": "02/11/2026 23:10:00",
        "closed_at": "02/11/2026 23:40:00",
        "opening_code": "Noise",
        "closing_code": "Noise",
        "location": CANARIES["caller_address"],
        "caller_ref": "C1",
        "caller_role": "victim",
        **CANARIES,
    }
    bad = {**row, "incident_no": "CAD 2/02NOV", "opened_at": "32/13/2026 99:99:99"}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerows([row, bad])


def files_of(home: Path) -> Iterator[Path]:
    """Every file of the stack: Kafka's segments, PostgreSQL's files and log, the roles' logs, what was delivered."""
    return (path for path in home.rglob("*") if path.is_file() and "keyring" not in path.parts)


def holding(home: Path, needle: str) -> list[Path]:
    return [path for path in files_of(home) if needle.encode() in path.read_bytes()]


@pytest.mark.journey
def test_nothing_personal_is_in_clear_anywhere(wardlink: CommandLine, tmp_path: Path) -> None:
    wardlink.environment["WARDLINK_DEMO"] = "true"
    log = tmp_path / "cad.csv"
    write_log(log)
    printed = [wardlink.succeed("up", "--detach"), wardlink.succeed("keyring", "area", "E09000012")]
    ingested = wardlink(
        "ingest", "table", str(log), "--profile", "police-cad", "--agency", "police", "--area", "E09000012", "--json"
    )
    printed += [ingested.stdout, ingested.stderr, wardlink.succeed("status", "--wait", "--json")]
    printed.append(wardlink.succeed("quarantine", "--as", "police/steward", "--json"))
    assert '"stored": 1' in printed[-2]
    assert '"quarantined": 1' in printed[-2]
    plant_in_clear(wardlink)
    home = wardlink.home
    assert any("kafka" in path.parts for path in holding(home, PLANTED)), "the search finds what stands in Kafka"
    assert any("postgres" in path.parts for path in holding(home, PLANTED)), "the search finds what PostgreSQL keeps"
    for form in FORMS:
        assert holding(home, form) == []
        assert not [text for text in printed if form in text]


def plant_in_clear(wardlink: CommandLine) -> None:
    """Proves that the search can find something: a string in clear, in Kafka and in PostgreSQL."""
    producer = KafkaProducer(bootstrap_servers=kafka_settings(wardlink.settings).bootstrap)
    producer.send("asb.cases", PLANTED.encode(), key=b"nowhere").get(timeout=30)
    producer.close()
    with psycopg.connect(store_settings(wardlink.settings, "owner_dsn").owner_dsn) as connection:
        connection.execute("CREATE TABLE planted (text text)")
        connection.execute("INSERT INTO planted VALUES (%s)", (PLANTED,))
