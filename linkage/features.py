"""What linking looks at: a report reduced to standardised values, and nothing else of it.

Features are the only thing of a report that the index, the store's sealed features and the case rules know. They
hold personal data (names, birth dates, telephone numbers): they live in memory and, sealed, in the store. They are
tuples, since a rebuild makes a million of them.
"""

from typing import NamedTuple

VICTIM = "victim"
WITNESS = "witness"
PERPETRATOR = "perpetrator"
REPORTER = "reporter"


class Mention(NamedTuple):
    """One person in one role of one report, standardised.

    `mention_id` is `{report_id}#{ROLE}#{the source's reference of the person, else their ordinal}`.
    `names` are (given name tokens, family name tokens), folded to lower-case ASCII letters where they have any.
    `birth_date` is `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; placeholders are None.
    `telephones` are E.164, `emails` lower case, `uprn` digits without leading zeros, `postcode` upper case with one
    space, `address` the house and street in one spelling. Generic values (a switchboard, "Occupier") are left out.
    Officials, anonymous and hoax callers are not `linkable`.
    """

    mention_id: str
    role_group: str
    linkable: bool
    names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    suffix: str | None = None
    birth_date: str | None = None
    telephones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    uprn: str | None = None
    postcode: str | None = None
    address: str | None = None


class PlaceFeatures(NamedTuple):
    """One place in one role (`SOURCE`, `AFFECTED`, `OCCURRED`, `UNKNOWN`), standardised.

    `address` is the house and street in one spelling, None for a street without a house. `lsoa` is `code@vintage`,
    because codes return in another census with other boundaries. A `snapped` place was
    moved by its publisher: its point is never an address. `property_type` is one of schemas.vocabulary.PropertyType.
    """

    role: str
    uprn: str | None = None
    parent_uprn: str | None = None
    usrn: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    uncertainty_m: float | None = None
    lsoa: str | None = None
    ward: str | None = None
    postcode: str | None = None
    address: str | None = None
    snapped: bool = False
    property_type: str = "UNKNOWN"


class ReportFeatures(NamedTuple):
    """One report's current state, standardised. Times are microseconds since 1970 in UTC.

    `earliest` and `latest` bound the stated time of the behaviour, both None where none is stated. `complaint_made`
    is the earliest instant at which the complaint may have been made. References are in the spelling of
    linkage.references: upper-case letters and digits, with the day or year behind an @.
    `words` are the narrative's rare words, sorted.

    `linkable` is False for public statistics, summaries, and areas that are no partnership (`unplaced:`, `force:`).
    `countable` says that the report counts as antisocial behaviour: an agency's own record of a single occasion
    that has not become a crime.
    """

    report_id: str
    agency: str
    source: str
    revision: int
    reference: str
    received: int
    case_reference: str | None = None
    quoted_references: tuple[str, ...] = ()
    earliest: int | None = None
    latest: int | None = None
    reported: int | None = None
    complaint_made: int | None = None
    category: str = "OTHER"
    qualifier: str = "NOT_STATED"
    definition: str = "NOT_STATED"
    places: tuple[PlaceFeatures, ...] = ()
    mentions: tuple[Mention, ...] = ()
    words: tuple[str, ...] = ()
    countable: bool = True
    linkable: bool = True
    crimed: bool = False
    hate: bool = False
    restrictions: tuple[str, ...] = ()
