"""Every shipped profile keeps the contract of sources; the two that differ in names alone, in the long run."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.contract import Source
from connectors.sources.table import Table
from schemas.records import Moment
from tests.connectors.conformance import Conformance
from tests.connectors.tables import CAD, CONTACT, NEW_YORK, SAN_DIEGO


class TableConformance(Conformance):
    """Writes tables of one profile: a plain row, numbered, with the canaries in their columns."""

    plain: ClassVar[Mapping[str, str]]
    reference: ClassVar[str]
    time: ClassVar[str]
    codes: ClassVar[tuple[str, ...]]
    planted: ClassVar[Mapping[str, str]] = {}

    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        usual = {**self.plain, **self.planted, **({"wing_span": "2 m"} if extra_column else {})}

        def row(number: int) -> dict[str, str]:
            made = usual | {self.reference: f"R{number}"}
            if number == spoiled:
                made[self.time] = "in the evening"
            if odd_code and number == 0:
                made |= dict.fromkeys(self.codes, "") | {self.codes[0]: "Dragons"}
            return made

        path = folder / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(usual), lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(row, range(rows)))
        return path


class TestPoliceCad(TableConformance):
    source: ClassVar[Source] = Table.of("police-cad")
    plain = CAD
    reference, time, codes = "incident_no", "opened_at", ("opening_code", "closing_code")
    planted: ClassVar[Mapping[str, str]] = {
        "location": "Outside Canary House",
        "caller_name": "Canaryella Canaryson",
        "caller_dob": "about canary time",
        "caller_phone": "07700 900999",
        "caller_address": "Flat Canary 9",
        "narrative": "A canary sings",
    }
    canaries = tuple(planted.values())
    first_reported = Moment(at=1_718_575_509_000_000, offset_minutes=60)


class TestHousingContacts(TableConformance):
    source: ClassVar[Source] = Table.of("housing-contacts")
    plain = CONTACT
    reference, time, codes = "contact_id", "contact_date", ("housemark_category",)
    planted: ClassVar[Mapping[str, str]] = {
        "first_name": "Canaryella",
        "last_name": "Canaryson",
        "phone": "07700 900999",
        "email": "canary@example.org",
        "property_address": "Flat Canary 9",
        "complaint_about_address": "Flat Canary 8",
        "vulnerability": "fears canaries",
        "notes": "A canary sings",
    }
    canaries = tuple(planted.values())
    first_reported = Moment(at=1_718_612_100_000_000, offset_minutes=60)


@pytest.mark.long
class TestNewYork2016(TableConformance):
    source: ClassVar[Source] = Table.of("nyc-311-2016")
    area = "US-NYC"
    plain: ClassVar[Mapping[str, str]] = NEW_YORK | {"created_date": "06/20/2016 10:04:21 PM"}
    reference, time, codes = "unique_key", "created_date", ("complaint_type",)
    first_reported = Moment(at=1_466_474_661_000_000, offset_minutes=-240)


class TestNewYork2024(TableConformance):
    source: ClassVar[Source] = Table.of("nyc-311-2024")
    area = "US-NYC"
    plain = NEW_YORK
    reference, time, codes = "unique_key", "created_date", ("complaint_type",)
    first_reported = Moment(at=1_713_237_795_000_000, offset_minutes=-240)


@pytest.mark.long
class TestSanDiego(TableConformance):
    source: ClassVar[Source] = Table.of("san-diego-get-it-done")
    area = "US-SAN"
    plain = SAN_DIEGO
    reference, time, codes = "service_request_id", "date_requested", ("service_name",)
    first_reported = Moment(at=1_616_887_860_000_000, offset_minutes=-420)
