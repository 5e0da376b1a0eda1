"""What each agency sends: the feeds of a borough, by whom, and how Wardlink reads each.

| feed          | agency  | what it is                                                 | read by                    |
|---------------|---------|------------------------------------------------------------|----------------------------|
| police-cad    | police  | the command and control log, one file a day                | table, police-cad          |
| sdm           | police  | online reports, one document a line, one file a day        | sdm                        |
| police-crime  | police  | crimes that incidents of the log became, one file a day    | table, police-crime        |
| police-uk     | nobody  | the published statistics, one file a month                 | police-uk                  |
| housing       | housing | Marsh Lane Homes' contacts, one file a working day         | table, housing-contacts    |
| noiseworks    | council | snapshots of the noise team's system                       | noiseworks                 |
| open311       | council | requests to the street service, new and changed each day   | open311                    |
| haven-cases   | haven   | Haven Homes' cases and contact lines, two files a week     | table, housing-cases       |
| haven-diaries | haven   | diary sheets that Haven's tenants sent back, a file each   | table, housing-diary       |
| weir-notes    | weir    | a co-operative's cases with dated notes, one list a month  | table, housing-diary-notes |
| foundry-cases | foundry | an almshouse trust's cases with counts, one list a month   | table, housing-case-list   |

A feed's name is the folder of its files; the names of its files end in the day that they tell of (or the month).
"""

from dataclasses import dataclass
from typing import Literal

from simulation.kinds import Agency

Feed = Literal[
    "police-cad",
    "housing",
    "noiseworks",
    "police-uk",
    "sdm",
    "police-crime",
    "open311",
    "haven-cases",
    "haven-diaries",
    "weir-notes",
    "foundry-cases",
]

USUAL: tuple[Feed, ...] = ("police-cad", "housing", "noiseworks", "police-uk")
"""What a borough writes unless more is asked for; the first three are always there."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose feed it is (nobody's, for what anybody may read), and the source and profile that read it."""

    agency: Agency | None
    source: str
    profile: str = ""


READERS: dict[Feed, Reader] = {
    "police-cad": Reader("police", "table", "police-cad"),
    "housing": Reader("housing", "table", "housing-contacts"),
    "noiseworks": Reader("council", "noiseworks"),
    "police-uk": Reader(None, "police-uk"),
    "sdm": Reader("police", "sdm"),
    "police-crime": Reader("police", "table", "police-crime"),
    "open311": Reader("council", "open311"),
    "haven-cases": Reader("haven", "table", "housing-cases"),
    "haven-diaries": Reader("haven", "table", "housing-diary"),
    "weir-notes": Reader("weir", "table", "housing-diary-notes"),
    "foundry-cases": Reader("foundry", "table", "housing-case-list"),
}
"""In the order in which one night's files are collected."""

ALL: tuple[Feed, ...] = tuple(READERS)

FEED_OF: dict[Agency, Feed] = {
    "police": "police-cad",
    "housing": "housing",
    "council": "noiseworks",
    "haven": "haven-cases",
    "weir": "weir-notes",
    "foundry": "foundry-cases",
}
"""The feed through which an agency's report comes unless something else is said."""

LANDLORDS: dict[Agency, Feed] = {"haven": "haven-cases", "weir": "weir-notes", "foundry": "foundry-cases"}
"""Landlords beside Marsh Lane Homes, by the feed without which a borough has none of them."""
