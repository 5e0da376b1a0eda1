"""Housing exports in the shapes that landlords send them: two files, diary sheets, notes, lists; and crime records."""

import csv
import zipfile
from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.contract import Draft, Source
from connectors.mapping import profile as profiles
from connectors.reading import read_path
from connectors.sources.table import Table
from schemas.errors import Refused, Unfit
from schemas.records import Moment, Span
from schemas.vocabulary import Category, PersonRole, PlaceRole, Precision, Unit, UpdateKind
from tests.connectors.conformance import Conformance
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for, keyring
from tests.connectors.tables import CAD, CONTEXT, csv_text, is_out_of_scope, outcomes, person, place, report

CASE = {
    "Case Ref": "ASB-20417",
    "Date Opened": "01/06/2024",
    "Date Closed": "20/06/2024",
    "Nature": "Noise",
    "Complainant": "Ada King",
    "DOB": "10/12/1975",
    "Mobile": "07700 900123",
    "Address": "Flat 3, 14 Mare Street, London E8 1EA",
    "UPRN": "010008231240",
    "Perpetrator": "Max Loud",
    "Perpetrator Address": "Flat 5, 14 Mare Street, London",
    "Description": "Music most nights.",
    "Officer": "J. Smith",
}
LINE = {
    "Line ID": "7001",
    "Case No": "ASB-20417",
    "Line Date": "17/06/2024",
    "Line Time": "09:15",
    "Method": "phone",
    "Line Notes": "Rang again, told police: CAD 1234/16JUN24.",
    "Date of Incident": "16/06/2024",
    "Time of Incident": "23:05",
}
SHEET = """ASB DIARY SHEET,,,,,
,,,,,
Case reference:,ASB-20417,,,Your name,Ada King
Your address,"Flat 3, 14 Mare Street, London E8 1EA",,Address complained of: Flat 5,,
,,,,,
Date of incident,Time from,To,What happened and who was involved,How did it affect you?,Names of witnesses
"""
ENTRIES = """15/06/2024,23:10,01:30,Loud music from next door,Could not sleep,
16/06/2024,11.30pm,,Shouting on the stairs. CAD 1234/16JUN24,,Mr Brown
17/06/2024,late evening,,Banging,,
,,,,,
"""
GROUPS = """,Complainant,,Alleged perpetrator,,Dates,
Case ref,Name,Address,Name,Address,Opened,Nature
ASB-1,Ada King,Flat 3,Max Loud,Flat 5,01/06/2024,Noise
"""


def folder_of(tmp_path: Path, cases: list[dict[str, str]], lines: list[dict[str, str]]) -> Path:
    folder = tmp_path / "export"
    folder.mkdir(exist_ok=True)
    (folder / "ASB_Cases.csv").write_bytes(csv_text(cases).encode("cp1252"))
    (folder / "ASB_Contact_Lines.csv").write_bytes(csv_text(lines).encode("cp1252"))
    (folder / "readme.txt").write_text("Two files a night\n")
    return folder


def drafts(source: Source, path: Path) -> list[Draft]:
    found = outcomes(source, path)
    assert all(isinstance(one, Draft) for one in found), found
    return [one for one in found if isinstance(one, Draft)]


@pytest.fixture
def cases() -> Table:
    return Table.of("housing-cases")


@pytest.fixture
def diary() -> Table:
    return Table.of("housing-diary")


# -- two files of one delivery --


def test_a_contact_line_bears_what_its_case_says(cases: Table, tmp_path: Path) -> None:
    [draft] = drafts(cases, folder_of(tmp_path, [CASE], [LINE]))
    assert (draft.reference, draft.case_reference, draft.category) == ("7001", "ASB-20417", Category.NOISE)
    assert draft.reported == Moment(at=1_718_612_100_000_000, offset_minutes=60)
    assert draft.occurred is not None
    assert (draft.occurred.earliest.at, draft.occurred.precision) == (1_718_575_500_000_000, Precision.MINUTE)
    assert person(draft, PersonRole.COMPLAINANT).birth_date == "1975-12-10"
    assert person(draft, PersonRole.ALLEGED_PERPETRATOR).full_name == "Max Loud"
    assert (place(draft, PlaceRole.AFFECTED).uprn, place(draft, PlaceRole.AFFECTED).postcode) == (
        "10008231240",
        "E8 1EA",
    )
    assert place(draft, PlaceRole.SOURCE).address == CASE["Perpetrator Address"]
    assert draft.detail is not None
    assert "CAD 1234/16JUN24" in draft.detail.quoted_references
    assert [one.update_kind for one in draft.updates] == [UpdateKind.OPENED, UpdateKind.CLOSED]


def test_a_cases_updates_name_the_team_that_it_is_with(cases: Table, tmp_path: Path) -> None:
    [draft] = drafts(cases, folder_of(tmp_path, [CASE | {"Housing Office": "Homerton"}], [LINE]))
    assert {one.team for one in draft.updates} == {"Homerton"}


def test_a_case_without_lines_is_a_report_of_its_own(cases: Table, tmp_path: Path) -> None:
    other = CASE | {
        "Case Ref": "ASB-2",
        "Description": "Rubbish on the stairs",
        "Nature": "Litter / rubbish / fly-tipping",
    }
    first, alone = drafts(cases, folder_of(tmp_path, [CASE, other], [LINE]))
    assert first.reference == "7001"
    assert (alone.reference, alone.case_reference, alone.category) == (
        "ASB-2",
        "ASB-2",
        Category.LITTER_AND_FLY_TIPPING,
    )
    assert alone.detail is not None
    assert alone.detail.narrative == "Rubbish on the stairs"
    assert alone.reported is None
    assert alone.complaint_made is not None
    assert alone.complaint_made.precision is Precision.DAY


def test_a_line_whose_case_is_missing_is_a_report_all_the_same(cases: Table, tmp_path: Path) -> None:
    [alone, line] = sorted(drafts(cases, folder_of(tmp_path, [CASE], [LINE | {"Case No": "ASB-9"}])), key=str)
    assert {alone.reference, line.reference} == {"7001", "ASB-20417"}


def test_the_last_wording_of_a_case_counts(cases: Table, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, [CASE, CASE | {"Complainant": "Ada Byron"}], [LINE])
    assert person(drafts(cases, folder)[0], PersonRole.COMPLAINANT).full_name == "Ada Byron"


def test_one_update_of_a_case_is_published_once_for_all_its_lines(cases: Table, tmp_path: Path) -> None:
    lines = [LINE | {"Line ID": str(number)} for number in range(5)]
    folder = folder_of(tmp_path, [CASE], lines)
    state, outlet = MemoryState(), MemoryOutlet()
    desk = desk_for(cases, state, outlet, agency="homes")
    tally = read_path(desk, folder).tally
    assert (tally.published, tally.updates) == (5, 2)
    assert {one.update_id for one in outlet.updates} == {"homes:ASB-20417-opened", "homes:ASB-20417-closed"}


def test_a_zip_of_both_files_reads_as_the_folder_does(cases: Table, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, [CASE], [LINE])
    with zipfile.ZipFile(tmp_path / "night.zip", "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    assert outcomes(cases, tmp_path / "night.zip") == outcomes(cases, folder)


def test_a_delivery_without_its_cases_is_refused(cases: Table, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, [CASE], [LINE])
    (folder / "ASB_Cases.csv").unlink()
    with pytest.raises(Refused, match=r"expected .*found no file named \*case\*"):
        cases.recognise(folder)


def test_a_letter_of_windows_in_either_file_is_read(cases: Table, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, [CASE | {"Complainant": "Zoë King"}], [LINE | {"Line Notes": "Café noise – again"}])
    [draft] = drafts(cases, folder)
    assert person(draft, PersonRole.COMPLAINANT).full_name == "Zoë King"
    assert draft.detail is not None
    assert draft.detail.narrative == "Café noise – again"


# -- diary sheets --


def test_a_diary_sheet_gives_one_report_for_each_dated_entry(diary: Table, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(SHEET + ENTRIES, "utf-8")
    first, second, third = drafts(diary, path)
    assert {one.case_reference for one in (first, second, third)} == {"ASB-20417"}
    assert first.occurred == Span(
        earliest=Moment(at=1_718_489_400_000_000, offset_minutes=60),
        latest=Moment(at=1_718_497_859_999_999, offset_minutes=60),
        precision=Precision.RANGE,
    )
    assert second.occurred is not None
    assert second.occurred.earliest.at == 1_718_577_000_000_000
    assert third.occurred is not None
    assert third.occurred.precision is Precision.DAY
    assert person(first, PersonRole.COMPLAINANT).full_name == "Ada King"
    assert place(first, PlaceRole.SOURCE).address == "Flat 5"
    assert first.detail is not None
    assert first.detail.narrative == "Loud music from next door\n\nCould not sleep"
    assert second.detail is not None
    assert second.detail.quoted_references == ("CAD 1234/16JUN24",)


def test_an_entry_that_ends_after_midnight_ends_on_the_next_day(diary: Table) -> None:
    row = {"case_ref": "A1", "date": "15/06/2024", "start_time": "23:10", "end_time": "01:30", "what_happened": "x"}
    occurred = report(diary, row).occurred
    assert occurred is not None
    assert (occurred.earliest.at, occurred.latest.at // 10**6) == (1_718_489_400_000_000, 1_718_497_859)


def test_a_sheet_that_is_sent_again_with_more_entries_adds_only_those(diary: Table, tmp_path: Path) -> None:
    state, outlet, ring = MemoryState(), MemoryOutlet(), keyring("E09000012")
    path = tmp_path / "sheet.csv"
    path.write_text(SHEET + ENTRIES, "utf-8")
    assert read_path(desk_for(diary, state, outlet, ring, agency="homes"), path).tally.published == 3
    later = tmp_path / "sheet again.csv"
    later.write_text(SHEET + ENTRIES + "18/06/2024,22:00,,Music,,\n", "utf-8")
    again = read_path(desk_for(diary, state, outlet, ring, agency="homes"), later).tally
    assert (again.published, again.unchanged) == (1, 3)


def test_two_neighbours_diaries_of_one_case_stay_apart_and_no_name_shows(diary: Table, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "a.csv", tmp_path / "b.csv"
    mine.write_text(SHEET + ENTRIES, "utf-8")
    theirs.write_text((SHEET + ENTRIES).replace("Ada King", "Bob Stone"), "utf-8")
    first, second = drafts(diary, mine), drafts(diary, theirs)
    assert {one.reference for one in first}.isdisjoint({one.reference for one in second})
    assert "King" not in "".join(one.reference for one in first)


def test_a_sheet_without_its_case_is_quarantined_entry_by_entry(diary: Table, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text((SHEET + ENTRIES).replace("ASB-20417", ""), "utf-8")
    with pytest.raises(Unfit, match="case_ref: is empty"):
        drafts(diary, path)


NOTES = """Tenant upset.
15/06/2024 23:10 - Loud music from next door
could hear the bass
16.06.2024 Shouting on the stairs
17/06/24 11pm: banging, see CAD 1234/16JUN24"""


def test_notes_with_dated_entries_are_one_report_for_each(tmp_path: Path) -> None:
    source = Table.of("housing-diary-notes")
    row = {"case_ref": "ASB-1", "opened_date": "14/06/2024", "category": "Noise", "notes": NOTES}
    path = tmp_path / "cases.csv"
    path.write_text(csv_text([row]), "utf-8")
    found = drafts(source, path)
    assert [one.reference for one in found] == [
        "ASB-1/20240615T2310",
        "ASB-1/20240616T0000",
        "ASB-1/20240617T2300",
    ]
    assert [one.detail.narrative for one in found if one.detail] == [
        "Tenant upset.\nLoud music from next door\ncould hear the bass",
        "Shouting on the stairs",
        "banging, see CAD 1234/16JUN24",
    ]
    assert [row.position for row in source.collect(path, CONTEXT)] == [f"cases.csv:2#{n}" for n in (1, 2, 3)]


def test_notes_without_a_date_are_one_report_of_the_day_it_was_opened(tmp_path: Path) -> None:
    row = {"case_ref": "ASB-1", "opened_date": "14/06/2024", "category": "Noise", "notes": "Rang about noise"}
    path = tmp_path / "cases.csv"
    path.write_text(csv_text([row]), "utf-8")
    [draft] = drafts(Table.of("housing-diary-notes"), path)
    assert draft.reference == "ASB-1/20240614T0000"
    assert draft.occurred is None


# -- headers that were made for people --


def own_profile(tmp_path: Path, text: str) -> Table:
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nversion: 1\ndescribes: a list of cases\nsector: housing\nregime: UK_GDPR\n"
        "times: {zone: Europe/London, formats: '%d/%m/%Y'}\ncategory: {columns: nature, list: housemark}\n" + text,
        "utf-8",
    )
    return Table.of(str(path))


GROUPED = """
file: {required: [case_ref, opened]}
reference: case_ref
reported: opened
persons:
  - {role: COMPLAINANT, full_name: complainant_name, address: complainant_address}
  - {role: ALLEGED_PERPETRATOR, full_name: alleged_perpetrator_name}
"""


@pytest.mark.parametrize("title", ["", "ASB cases June 2024,,,,,,\n,,,,,,\n", '"A title\nof two lines",,,,,,\n'])
def test_merged_cells_above_the_header_name_their_groups(tmp_path: Path, title: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(title + GROUPS, "utf-8")
    [draft] = drafts(own_profile(tmp_path, GROUPED), path)
    assert draft.reference == "ASB-1"
    assert person(draft, PersonRole.COMPLAINANT).full_name == "Ada King"
    assert person(draft, PersonRole.COMPLAINANT).address == "Flat 3"
    assert person(draft, PersonRole.ALLEGED_PERPETRATOR).full_name == "Max Loud"


def test_a_name_that_is_merged_over_both_rows_is_found(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(GROUPS.replace(",Complainant", "Case ref,Complainant", 1).replace("\nCase ref,", "\n,", 1), "utf-8")
    [draft] = drafts(own_profile(tmp_path, GROUPED), path)
    assert draft.reference == "ASB-1"


def test_a_header_that_is_nowhere_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Cases\n" * 40 + GROUPS, "utf-8")
    with pytest.raises(Refused, match="expected a list of cases"):
        own_profile(tmp_path, GROUPED).recognise(path)


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ("joined: {name: case, names: x, required: [opened], by: a, key: case.a}", "write case.opened"),
        ("entries: {column: notes, pattern: '(?P<date>x)'}", "names no groups date and text"),
    ],
)
def test_a_mistake_in_a_profile_is_told_with_what_to_write(mistake: str, told: str) -> None:
    text = "name: own\nversion: 1\ndescribes: x\nsector: housing\nregime: UK_GDPR\n"
    text += "times: {zone: Europe/London, formats: iso}\ncategory: {columns: n, list: housemark}\n"
    text += f"file: {{required: [a]}}\nreference: a\n{mistake}\n"
    with pytest.raises(Refused, match=told):
        profiles.parse(text, "own")


# -- summaries --


def test_a_list_of_cases_comes_as_summaries_and_is_counted_as_such(tmp_path: Path) -> None:
    row = {"Case Ref": "ASB-1", "Date Opened": "01/06/2024", "Category": "Noise", "Number of reports": "7"}
    path = tmp_path / "list.csv"
    path.write_text(csv_text([row, row | {"Case Ref": "ASB-2", "Number of reports": ""}]), "utf-8")
    outlet = MemoryOutlet()
    desk = desk_for(Table.of("housing-case-list"), outlet=outlet, agency="homes")
    tally = read_path(desk, path).tally
    assert (tally.summaries, tally.summarised_contacts) == (2, 7)
    assert [(one.unit, one.contacts) for one in outlet.reports] == [(Unit.SUMMARY, 7), (Unit.SUMMARY, None)]


@pytest.mark.parametrize("name", profiles.shipped())
def test_every_profile_says_what_becomes_one_report(name: str) -> None:
    assert Table.of(name).one_report_is != "one row"


# -- incidents that become crimes --


def test_an_incident_that_is_crimed_before_it_is_closed_tells_so_and_quotes_its_crime() -> None:
    draft = report(Table.of("police-cad"), CAD | {"crimed_ref": "4601234/24; 4601235/24", "closed_at": ""})
    [crimed] = draft.updates
    assert (crimed.update_kind, crimed.detail.crimed_reference) == (UpdateKind.CRIMED, "4601234/24; 4601235/24")
    assert crimed.happened.earliest.at == 1_718_575_509_000_000
    assert draft.detail is not None
    assert draft.detail.quoted_references[:2] == ("4601234/24", "4601235/24")


CRIME = {
    "crime_ref": "4601234/24",
    "recorded_at": "17/06/2024 11:00",
    "incident_ref": "CAD 1234/16JUN24",
    "online_ref": "",
    "offence": "Criminal Damage",
    "committed_from": "16/06/2024 23:00",
    "committed_to": "16/06/2024 23:30",
    "victim_name": "Ada King",
    "victim_dob": "10/12/1975",
    "victim_phone": "07700 900123",
    "victim_address": "Flat 3, 14 Mare Street, London E8 1EA",
    "location": "12 Mare Street, London",
    "narrative": "Window broken by neighbour.",
}


def test_a_crime_record_leaves_the_count_and_quotes_its_incident() -> None:
    draft = report(Table.of("police-crime"), CRIME)
    assert draft.category is Category.VANDALISM
    assert draft.detail is not None
    assert draft.detail.crimed_reference == "4601234/24"
    assert "CAD 1234/16JUN24" in draft.detail.quoted_references
    assert [one.update_kind for one in draft.updates] == [UpdateKind.CRIMED]
    assert is_out_of_scope(Table.of("police-crime"), CRIME | {"offence": "Shoplifting"})


# -- the contract's suite --


class Shape(Conformance):
    """Writes one file of a profile, whose header may stand below other rows."""

    agency = "homes"
    above: ClassVar[str] = ""
    columns: ClassVar[tuple[str, ...]]
    name: ClassVar[str] = "table.csv"

    @abstractmethod
    def row(self, number: int) -> dict[str, str]:
        """A right row."""

    @abstractmethod
    def spoil(self, made: dict[str, str]) -> None:
        """Breaks a row so that it is Unfit."""

    @abstractmethod
    def odd(self, made: dict[str, str]) -> None:
        """Gives a row a code that is in no list."""

    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        def made(number: int) -> dict[str, str]:
            values = self.row(number)
            if number == spoiled:
                self.spoil(values)
            if odd_code and number == 0:
                self.odd(values)
            return values

        path = self.path(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(self.above)
            columns = (*self.columns, "wing_span") if extra_column else self.columns
            writer = csv.DictWriter(file, columns, restval="2 m", lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(made, range(rows)))
        return path

    def path(self, folder: Path) -> Path:
        return folder / self.name

    def break_every_row(self, file: Path) -> None:
        lines = file.read_bytes().splitlines(keepends=True)
        first = self.above.count("\n") + 1
        file.write_bytes(b"".join(lines[:first]) + b"".join(b"\xff" + line for line in lines[first:]))


DIARY_CANARIES = ("Canaryella Canaryson", "Flat Canary 9", "A canary sings", "Slept like a canary")


class TestHousingDiary(Shape):
    source: ClassVar[Source] = Table.of("housing-diary")
    canaries = DIARY_CANARIES
    above = f"ASB DIARY\nCase reference:,ASB-20417\nYour name,{DIARY_CANARIES[0]}\nYour address,{DIARY_CANARIES[1]}\n\n"
    columns = ("Date", "Time from", "Time to", "What happened", "Effect on you", "Type")
    megabytes = 160  # counting entries that bear no number takes about 100 bytes for each of one file
    first_occurred = Span(
        earliest=Moment(at=1_577_865_600_000_000),
        latest=Moment(at=1_577_865_659_999_999),
        precision=Precision.MINUTE,
    )

    def row(self, number: int) -> dict[str, str]:
        day, minute = divmod(number, 600)
        when = f"{day % 28 + 1:02}/{day // 28 % 12 + 1:02}/{2020 + day // 336}"
        texts = {"What happened": DIARY_CANARIES[2], "Effect on you": DIARY_CANARIES[3], "Type": "Noise", "Time to": ""}
        return {"Date": when, "Time from": f"{8 + minute // 60:02}:{minute % 60:02}", **texts}

    def spoil(self, made: dict[str, str]) -> None:
        made["Date"] = "in the evening"

    def odd(self, made: dict[str, str]) -> None:
        made["Type"] = "Dragons"


CASE_CANARIES = ("Canaryella Canaryson", "Flat Canary 9", "07700 900999", "A canary sings")


class TestHousingCases(Shape):
    source: ClassVar[Source] = Table.of("housing-cases")
    canaries = CASE_CANARIES
    columns = tuple(LINE)
    name = "export/lines.csv"
    many = 20_000
    first_reported = Moment(at=1_718_612_100_000_000, offset_minutes=60)
    first_occurred = Span(
        earliest=Moment(at=1_718_575_500_000_000, offset_minutes=60),
        latest=Moment(at=1_718_575_559_999_999, offset_minutes=60),
        precision=Precision.MINUTE,
    )

    def row(self, number: int) -> dict[str, str]:
        case = "ASB-0" if number == 0 else "ASB-1"
        return LINE | {"Line ID": str(number), "Case No": case, "Line Notes": CASE_CANARIES[3]}

    def spoil(self, made: dict[str, str]) -> None:
        made["Line Date"] = "in the evening"

    def odd(self, made: dict[str, str]) -> None:
        made["Case No"] = "ASB-dragon"

    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        path = super().write(folder, rows, spoiled=spoiled, odd_code=odd_code, extra_column=extra_column)
        personal = {"Complainant": CASE_CANARIES[0], "Address": CASE_CANARIES[1], "Mobile": CASE_CANARIES[2]}
        odd = {"Case Ref": "ASB-dragon", "Nature": "Dragons"} if odd_code else {"Case Ref": "ASB-0"}
        cases = [CASE | personal | odd, CASE | personal | {"Case Ref": "ASB-1"}]
        (path.parent / "cases.csv").write_text(csv_text(cases), "utf-8")
        return path.parent

    def rows_file(self, path: Path) -> Path:
        return path / "lines.csv"


class TestHousingCaseList(Shape):
    source: ClassVar[Source] = Table.of("housing-case-list")
    canaries = CASE_CANARIES
    columns = (
        "Case Ref",
        "Date Opened",
        "Category",
        "Complainant",
        "Address",
        "Mobile",
        "Description",
        "Contacts",
    )
    many = 20_000

    def row(self, number: int) -> dict[str, str]:
        texts = dict(zip(("Complainant", "Address", "Mobile", "Description"), CASE_CANARIES, strict=True))
        return {
            "Case Ref": str(number),
            "Date Opened": "01/06/2024",
            "Category": "Noise",
            "Contacts": "3",
            **texts,
        }

    def spoil(self, made: dict[str, str]) -> None:
        made["Contacts"] = "many"

    def odd(self, made: dict[str, str]) -> None:
        made["Category"] = "Dragons"


class TestPoliceCrime(Shape):
    source: ClassVar[Source] = Table.of("police-crime")
    agency = "metropolitan"
    canaries = ("Canaryella Canaryson", "Flat Canary 9", "A canary sings")
    columns = tuple(CRIME)
    many = 20_000
    first_reported = Moment(at=1_718_618_400_000_000, offset_minutes=60)
    first_occurred = Span(
        earliest=Moment(at=1_718_575_200_000_000, offset_minutes=60),
        latest=Moment(at=1_718_577_059_999_999, offset_minutes=60),
        precision=Precision.RANGE,
    )

    def row(self, number: int) -> dict[str, str]:
        texts = dict(zip(("victim_name", "victim_address", "narrative"), self.canaries, strict=True))
        return CRIME | {"crime_ref": f"C{number}", **texts}

    def spoil(self, made: dict[str, str]) -> None:
        made["recorded_at"] = "in the evening"

    def odd(self, made: dict[str, str]) -> None:
        made["offence"] = "Dragons"


class TestHousingDiaryNotes(Shape):
    source: ClassVar[Source] = Table.of("housing-diary-notes")
    canaries = CASE_CANARIES
    columns = ("Case Ref", "Date Opened", "Category", "Complainant", "Address", "Mobile", "Notes")
    many = 20_000
    megabytes = 160  # counting entries that bear no number takes about 100 bytes for each of one file
    first_reported = Moment(at=1_717_232_400_000_000, offset_minutes=60)
    first_occurred = Span(
        earliest=first_reported,
        latest=Moment(at=1_717_232_459_999_999, offset_minutes=60),
        precision=Precision.MINUTE,
    )

    def row(self, number: int) -> dict[str, str]:
        texts = dict(zip(("Complainant", "Address", "Mobile"), CASE_CANARIES, strict=False))
        note = f"01/06/2024 10:00 - {CASE_CANARIES[3]}"
        return {"Case Ref": f"A{number}", "Date Opened": "01/06/2024", "Category": "Noise", "Notes": note, **texts}

    def spoil(self, made: dict[str, str]) -> None:
        made["Notes"] = "31/06/2024 10:00 - never"

    def odd(self, made: dict[str, str]) -> None:
        made["Category"] = "Dragons"
