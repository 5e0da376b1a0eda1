"""The worked example of docs/connectors.md does what the page says; the agreement of docs/sharing.md is one."""

import re

import yaml

from connectors.mapping import profile
from connectors.reading import read_path
from connectors.sources import NAMES, find
from policy.agreement import load_agreements
from policy.tiers import Tier
from tests.architecture.composed import ROOT
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for

EXAMPLES = ROOT / "docs" / "examples"
PROFILE = EXAMPLES / "street-wardens.yaml"
TABLE = EXAMPLES / "street-wardens.csv"
TOLD = {"read": 5, "published": 3, "unchanged": 0, "out_of_scope": 1, "quarantined": 1, "unknown_codes": 1}


def block(page: str, after: str) -> str:
    """The first fenced block of a page after some words."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    found = re.search(r"^```\w*\n(.*?)^```", text[text.index(after) :], re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def read_again(state: MemoryState, outlet: MemoryOutlet) -> dict[str, int]:
    source = find("table", str(PROFILE))
    reading = read_path(desk_for(source, state, outlet, agency="council", area="E09000012"), TABLE)
    return reading.tally.numbers()


def test_the_table_goes_through_as_the_page_tells() -> None:
    state, outlet = MemoryState(), MemoryOutlet()
    counts = read_again(state, outlet)
    assert {name: counts[name] for name in TOLD} == TOLD
    assert [report.report_id for report in outlet.reports] == ["council:W-1001", "council:W-1002", "council:W-1005"]
    assert [report.category for report in outlet.reports] == ["NOISE", "NOISE", "OTHER"]
    again = read_again(state, outlet)
    assert (again["published"], again["unchanged"]) == (0, 3)


def test_the_page_shows_the_closing_table_of_that_reading() -> None:
    shown = dict(re.findall(r"^ (\w[\w ]*?) {3,}(\d+)$", block("connectors.md", "\nprints\n"), re.MULTILINE))
    assert {name.replace(" ", "_"): int(count) for name, count in shown.items()} == TOLD


def test_the_page_shows_the_profile_as_it_is() -> None:
    shown = yaml.safe_load(block("connectors.md", "says which column is what"))
    held = yaml.safe_load(PROFILE.read_text("utf-8"))
    assert shown == {part: held[part] for part in shown}
    assert profile.load(str(PROFILE)).reference.columns == ("Ref",)


def test_the_page_names_every_shipped_profile_and_source() -> None:
    page = (ROOT / "docs" / "connectors.md").read_text("utf-8")
    assert [name for name in profile.shipped() if f"`{name}`" not in page] == []
    assert [name for name in NAMES if f"| `{name}` |" not in page] == []


def test_the_shown_agreement_is_one() -> None:
    agreements = load_agreements(block("sharing.md", "## The agreements file"))
    [agreement] = agreements.between("police", "council")
    assert agreement.citation == "police-to-council@1"
    assert list(agreement.roles.values()) == [Tier.SUMMARY]
