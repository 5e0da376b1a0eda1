"""One event in three systems of a force: online report, log and crime record quote each other, and join."""

import json
from pathlib import Path

from connectors.contract import Source
from connectors.reading import read_path
from connectors.sources.sdm import Sdm
from connectors.sources.table import Table
from linkage.batch import link_batch
from linkage.features import ReportFeatures
from linkage.model import load_model
from linkage.standardise import standardise
from schemas.records import ReportDetail
from schemas.released import unpack
from tests.connectors.fakes import AREA, MemoryOutlet, desk_for, keyring
from tests.connectors.sdm_documents import REFERENCE, document
from tests.connectors.tables import CAD, csv_text
from vault.seal import Opener

SECRET = b"s" * 32
CRIME = {
    "crime_ref": "4601234/24",
    "recorded_at": "17/06/2024 11:00",
    "incident_ref": "1234/16JUN24",
    "offence": "Public Order",
    "committed_from": "16/06/2024 22:50",
    "committed_to": "16/06/2024 23:30",
    "victim_name": "A King",
    "location": "Mare Street",
    "narrative": "Originated as an incident.",
}
LOG = CAD | {"restricted_flags": "", "hate_strand": "", "narrative": f"Online report, ref {REFERENCE}."}


def features(source: Source, path: Path) -> list[ReportFeatures]:
    """What resolve would make of a path's reports."""
    outlet, ring = MemoryOutlet(), keyring(AREA, "unplaced:metropolitan")
    read_path(desk_for(source, outlet=outlet, ring=ring, agency="metropolitan"), path)
    opener = Opener(ring)
    return [
        standardise(one, unpack(ReportDetail, opener.open(one.area, one.report_id, one.detail)))
        for one in outlet.reports
        if one.detail
    ]


def test_an_online_report_the_log_and_the_crime_of_one_event_are_one_incident(tmp_path: Path) -> None:
    form, log, crimes = tmp_path / "form.json", tmp_path / "log.csv", tmp_path / "crimes.csv"
    form.write_text(json.dumps(document()), "utf-8")
    other = LOG | {
        "incident_no": "CAD 1300/16JUN24",
        "narrative": "Another party.",
        "location": "1 Well Street, London",
    }
    other |= {"uprn": "", "postcode": "E9 7LJ", "easting": "535600", "northing": "184100", "caller_name": "Bob Stone"}
    other |= {"caller_address": "", "caller_phone": "", "caller_dob": "", "caller_ref": "", "caller_postcode": ""}
    log.write_text(csv_text([LOG, other]), "utf-8")
    crimes.write_text(csv_text([CRIME]), "utf-8")
    reports = [
        *features(Sdm(), form),
        *features(Table.of("police-cad"), log),
        *features(Table.of("police-crime"), crimes),
    ]
    incidents, _ = link_batch(reports, (), load_model(), SECRET)
    assert incidents == (
        ("metropolitan:4601234/24", "metropolitan:CAD 1234/16JUN24", f"metropolitan:{REFERENCE}"),
        ("metropolitan:CAD 1300/16JUN24",),
    )
    crimed = {one.report_id for one in reports if one.crimed}
    assert crimed == {"metropolitan:4601234/24"}
