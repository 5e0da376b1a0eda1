"""Single Online Home: a force's online reports as the iHub writes them, in the police Standard Data Model.

A folder or zip of JSON documents, one incident each (or a file with one document a line), as the iHub's e-mail
attachments and test drops come. `connectors.sdm.report` says which part fills which role; the push API shares it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from connectors import files
from connectors.contract import Broken, Context, Outcome, Row, Sector, Source
from connectors.json_files import Document, documents, first_of
from connectors.sdm.report import reference_of, report_of

_ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_ATTACHMENT = "attachment"

_NAMES = (
    "incidentDescription incidentEventsPreceeding incidentDateTimeDescription incidentStartDateTime "
    "incidentEndDateTime incidentExactTimeKnown incidentApproximateDate incidentApproximateTime incidentStillHappening "
    "incidentInvolvement howInvolvedInCrime incidentAnyWitnesses incidentOnPublicTransport incidentReportedAlready "
    "incidentReportedAlreadyReference incidentInfluencedByDrugsOrAlcohol incidentInfluencedByDrugsOrAlcoholDetails "
    "subjectedToHateCrime subjectedToHateCrimeDetails hateCrime correctChecks correctChecksDetails "
    "subjectedToThreatAbuseOrAssault subjectedToThreatAbuseOrAssaultDetails physicallyAssaulted "
    "physicallyAssaultedDetails targetedByOffender targetedByOffenderDetails hadWeapon childPresent whosLocation "
    "yourLocationConnectionDetails theirLocationConnectionDetails asbClass asbType asbQuestionnaire nsirOpeningCode "
    "nsirClosingCode crimeType crimeStatus crimeOutcome crimeOffenceCode homeOfficeClassification modusOperandi "
    "arrestReason stopNature beforeWebsite firstTimeFollowUp firstTimeFollowUpOther "
    "additionalPersonInvolvedInIncident additionalPersonInvolvedInIncidentDetails"
)
"""The incident's attributes in the published model; others are told to the steward."""


class Sdm(Source):
    """Incident documents of Single Online Home."""

    name = "sdm"
    mapper_version = "sdm-1"
    sector = Sector.POLICE
    columns = frozenset(_NAMES.split())
    one_report_is = "one submission of an online form"
    expects = (
        "incidents of the police Standard Data Model: JSON:API documents whose data is of type incident, one a file "
        "(in a folder or zip) or one a line"
    )

    def wants(self, name: str) -> bool:
        return name.casefold().endswith(_ENDINGS)

    def recognise(self, path: Path) -> None:
        members = files.members(path, self.wants)
        if not members:
            raise files.refuse(path, self.expects, "no JSON file")
        found = files.describe(files.head(members[0]))
        if found != "JSON":
            raise files.refuse(members[0].name, self.expects, found)
        first = first_of(members[0])
        if isinstance(first, Document) and "data" not in first.content:
            raise files.refuse(members[0].name, self.expects, "JSON of another kind")

    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        for member in files.members(path, self.wants):
            for one in documents(member):
                yield one if isinstance(one, Broken) else _row(one)

    def to_report(self, row: Row, context: Context) -> Outcome:
        return report_of(orjson.loads(row.raw), context.agency)

    def references_of(self, row: Row) -> tuple[str, ...]:
        reference = reference_of(orjson.loads(row.raw))
        return (reference,) if reference else ()


def _row(one: Document) -> Row:
    """The document under the names of the incident's attributes; its attachments, which nobody reads, left out."""
    data = one.content.get("data")
    attributes = data.get("attributes") if isinstance(data, dict) else None
    names = attributes if isinstance(attributes, dict) else {}
    return Row(one.position, dict.fromkeys(names, ""), _without_attachments(one), one.file)


def _without_attachments(one: Document) -> bytes:
    included = one.content.get("included")
    if not isinstance(included, list) or not any(map(_is_attachment, included)):
        return one.raw
    return orjson.dumps({**one.content, "included": [each for each in included if not _is_attachment(each)]})


def _is_attachment(resource: Any) -> bool:
    return isinstance(resource, Mapping) and resource.get("type") == _ATTACHMENT
