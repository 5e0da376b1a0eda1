"""How two reports compare: one function for each comparison, from two incidents to a level. All are symmetric.

Like places are compared with like: where behaviour comes from or occurs (`site`), where it is suffered (`home`).
A site meets a home only as adjacency, a comparison of its own, and only where like places cannot be compared.
"""

from bisect import bisect_right
from math import cos, hypot, radians

from linkage.levels import Adjacent, Agency, Kinds, People, Reference, Time, Wording, Words
from linkage.levels import Spot as SpotLevel
from linkage.model import Model
from linkage.scoring import Comparing, Scorer
from linkage.values import Incident, IncidentHas, Person, ReferenceValue, Spot
from schemas.vocabulary import Category

_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_SHORT = 2 * _HOUR
_HOURS = 6 * _HOUR
_LONG = 20 * _HOUR
"""From here on an interval is a day (or days), not a part of one."""
_UNTIL_NEXT_NIGHT = 16 * _HOUR
"""So long after an event people still tell of it; who calls later tells of the next night."""
_METRES_PER_DEGREE = 111_320.0
_VAGUE = 100.0
_FEWEST_WORDS = 3
_SHARES = (0.4, 0.51, 0.75)
"""From which shares of the fewer words on it is half of them, most, and (nearly) all."""


def time(left: Incident, right: Incident) -> int:
    """When the behaviour was, by what both state or by when they were reported."""
    if not left.end or not right.end:
        return Time.MISSING
    if left.is_stated and right.is_stated:
        gap = max(left.start, right.start) - min(left.end, right.end)
        one, other = left.end - left.start, right.end - right.start
        return _overlap(max(one, other)) if gap <= 0 else _gap(gap, one, other)
    if left.is_stated:
        return _stated_and_reported(left.start, left.end, right.end)
    if right.is_stated:
        return _stated_and_reported(right.start, right.end, left.end)
    return _both_reported(abs(left.end - right.end))


def _overlap(widest: int) -> int:
    if widest <= _SHORT:
        return Time.SAME_MOMENT
    if widest <= _HOURS:
        return Time.SAME_HOURS
    return Time.SAME_DAY if widest <= 26 * _HOUR else Time.SAME_DAYS


def _gap(gap: int, one: int, other: int) -> int:
    """Of intervals so long that do not meet. Two days that are stated are two days, however close their ends."""
    if one > _SHORT or other > _SHORT:
        are_days = one > _LONG and other > _LONG
        return Time.EDGE_OF_DAY if gap <= _HOUR and not are_days else Time.APART
    if gap <= 5 * _MINUTE:
        return Time.MINUTES
    if gap <= 20 * _MINUTE:
        return Time.THIRD_OF_HOUR
    if gap <= _HOUR:
        return Time.HOUR
    if gap <= 3 * _HOUR:
        return Time.HOURS
    return Time.SAME_NIGHT if gap <= 8 * _HOUR else Time.APART


def _stated_and_reported(start: int, end: int, reported: int) -> int:
    if reported < start - 30 * _MINUTE:
        return Time.APART
    delay, long = reported - end, end - start
    if delay > _UNTIL_NEXT_NIGHT:
        return Time.TOLD_LATE
    if long > _LONG:
        return Time.SAME_DAY if delay <= 0 else Time.TOLD_NEXT_DAY
    if delay > _HOUR:
        return Time.TOLD_THAT_DAY
    if long <= _SHORT:
        return Time.TOLD_AT_ONCE
    return Time.TOLD_MEANWHILE if long <= _HOURS else Time.SAME_DAY


def _both_reported(apart: int) -> int:
    if apart <= 20 * _MINUTE:
        return Time.THIRD_OF_HOUR
    if apart <= _HOUR:
        return Time.HOUR
    if apart <= 3 * _HOUR:
        return Time.HOURS
    return Time.SAME_NIGHT if apart <= 8 * _HOUR else Time.REPORTED_APART


def site(left: Incident, right: Incident) -> int:
    """Where the behaviour comes from or occurs."""
    mine, others = left.sites, right.sites
    return _spots(mine[0], others[0]) if len(mine) == len(others) == 1 else _nearest(mine, others)


def home(left: Incident, right: Incident) -> int:
    """Where the behaviour is suffered."""
    return _nearest(left.homes, right.homes)


def _nearest(mine: tuple[Spot, ...], others: tuple[Spot, ...]) -> int:
    if not mine or not others:
        return SpotLevel.MISSING
    if len(mine) == len(others) == 1:
        return _spots(mine[0], others[0])
    return max([_spots(one, other) for one in mine for other in others])


def _spots(one: Spot, other: Spot) -> int:
    if one.uprn is not None and one.uprn is other.uprn:
        return SpotLevel.SAME_PREMISES
    if one.block is not None and one.block is other.block:
        names_block = one.uprn is None or other.uprn is None or one.uprn is one.block or other.uprn is other.block
        return SpotLevel.FLAT_AND_BLOCK if names_block else SpotLevel.SAME_BLOCK
    are_premises = one.uprn is not None and other.uprn is not None
    if one.building is not None and one.building is other.building and not are_premises:
        return _in_one_building(one, other)
    metres = _metres(one, other)
    if metres is None:
        is_same = one.street is not None and one.street is other.street
        return SpotLevel.SAME_STREET if is_same else SpotLevel.MISSING
    return _distance(metres, one.uncertainty + other.uncertainty, are_premises or _are_other_doors(one, other))


def _in_one_building(one: Spot, other: Spot) -> int:
    if one.address is other.address:
        return SpotLevel.SAME_PREMISES
    names_building = one.address is one.building or other.address is other.building
    return SpotLevel.FLAT_AND_BLOCK if names_building else SpotLevel.SAME_BLOCK


def _are_other_doors(one: Spot, other: Spot) -> bool:
    return one.building is not None and other.building is not None and one.building is not other.building


def _distance(metres: float, uncertainty: float, are_premises: bool) -> int:
    if uncertainty > _VAGUE and metres <= uncertainty:
        return SpotLevel.WITHIN_UNCERTAINTY
    if metres <= 75.0:
        if are_premises:
            return SpotLevel.NEXT_DOOR
        return SpotLevel.SAME_SPOT if metres <= 30.0 else SpotLevel.NEAR
    if metres <= 150.0:
        return SpotLevel.ROUND_THE_CORNER
    return SpotLevel.SAME_NEIGHBOURHOOD if metres <= 300.0 else SpotLevel.FAR


def _metres(one: Spot, other: Spot) -> float | None:
    """Distance on a locally flat earth, right within a metre over a kilometre."""
    if one.latitude is None or other.latitude is None or one.longitude is None or other.longitude is None:
        return None
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * cos(radians((one.latitude + other.latitude) / 2))
    return hypot(north, east) * _METRES_PER_DEGREE


def adjacent(left: Incident, right: Incident) -> int:
    """Where one's behaviour comes from against where the other's is suffered, if nothing like can be compared."""
    if (left.sites and right.sites) or (left.homes and right.homes):
        return Adjacent.MISSING
    level = max(_nearest(left.sites, right.homes), _nearest(left.homes, right.sites))
    return _ADJACENT_OF[level]


_ADJACENT_OF = {
    SpotLevel.MISSING: Adjacent.MISSING,
    SpotLevel.FAR: Adjacent.FAR,
    SpotLevel.SAME_NEIGHBOURHOOD: Adjacent.FAR,
    SpotLevel.SAME_STREET: Adjacent.ROUND_THE_CORNER,
    SpotLevel.ROUND_THE_CORNER: Adjacent.ROUND_THE_CORNER,
    SpotLevel.WITHIN_UNCERTAINTY: Adjacent.ROUND_THE_CORNER,
    SpotLevel.NEXT_DOOR: Adjacent.NEAR,
    SpotLevel.NEAR: Adjacent.NEAR,
    SpotLevel.SAME_SPOT: Adjacent.NEAR,
    SpotLevel.SAME_BLOCK: Adjacent.SAME_BLOCK,
    SpotLevel.FLAT_AND_BLOCK: Adjacent.SAME_BLOCK,
    SpotLevel.SAME_PREMISES: Adjacent.SAME_BLOCK,
}


def reference(left: Incident, right: Incident) -> int:
    """References that one quotes of the other, or both of a third."""
    if not left.quoted and not right.quoted:
        return Reference.MISSING
    if _quotes(left, right) or _quotes(right, left):
        return Reference.QUOTED
    both = any(_are_one(mine, left, its, right) for mine in left.quoted for its in right.quoted)
    return Reference.BOTH_QUOTE if both else Reference.MISSING


def _quotes(one: Incident, other: Incident) -> bool:
    own = other.reference
    return own is not None and any(_are_one(quoted, one, own, other) for quoted in one.quoted)


def _are_one(mine: ReferenceValue, left: Incident, its: ReferenceValue, right: Incident) -> bool:
    """Whether two reports mean the same reference: of equal number, on days that agree. A number that may begin anew
    every day, stated without its day, is of a day near the report that states it.
    """
    if mine.stem != its.stem:
        return False
    if mine.last and its.last:
        return mine.first <= its.last and its.first <= mine.last
    if not mine.is_daily:
        return True
    first, last = _day_of(mine, left)
    earliest, latest = _day_of(its, right)
    return last != 0 and latest != 0 and first - _DAY <= latest and earliest - _DAY <= last


def _day_of(stated: ReferenceValue, incident: Incident) -> tuple[int, int]:
    """From when until when the day of a reference may be, both 0 where nothing tells."""
    if stated.last:
        return stated.first, stated.last
    return incident.start if incident.is_stated else incident.end, incident.end


def agency(left: Incident, right: Incident) -> int:
    """Whether two agencies tell it, or one twice."""
    if left.agency is not right.agency:
        return Agency.OTHER
    return Agency.SAME_CASE if left.case is not None and left.case is right.case else Agency.SAME


def words(left: Incident, right: Incident) -> int:
    """Rare words in common."""
    mine, other = left.words, right.words
    if not mine or not other:
        return Words.MISSING
    shared = len(set(mine).intersection(other))
    if shared:
        return min(Words.NONE + shared, Words.MANY)
    return Words.NONE if len(mine) >= _FEWEST_WORDS and len(other) >= _FEWEST_WORDS else Words.MISSING


def wording(left: Incident, right: Incident) -> int:
    """The share of the rare words of the report with fewer that the other has: of two accounts of one occasion the
    shorter says little that the longer does not. A single word that is shared is never all.
    """
    fewest = min(len(left.words), len(right.words))
    if not fewest:
        return Wording.MISSING
    shared = len(set(left.words).intersection(right.words))
    if not shared:
        return Wording.NONE
    if fewest == 1:
        return Wording.MOST
    return Wording.FEW + bisect_right(_SHARES, shared / fewest)


class ModelComparisons:
    """The comparisons that need the model: categories and persons."""

    __slots__ = ("_kinds", "_likely", "_nothing_known", "_persons", "_same")

    def __init__(self, model: Model, persons: Scorer[Person]) -> None:
        self._persons = persons
        self._same = model.person.thresholds.certain
        self._likely = model.person.thresholds.possible
        self._nothing_known = model.person.prior
        self._kinds = [[_kinds(model, one, other) for other in Category] for one in Category]

    def category(self, left: Incident, right: Incident) -> int:
        """Kinds of behaviour, by the model's table of those that agencies confuse."""
        return self._kinds[left.category][right.category]

    def person(self, left: Incident, right: Incident) -> int:
        """The two reports' most alike persons in like roles."""
        best: int | None = None
        for one in left.persons:
            for other in right.persons:
                if one.group == other.group:
                    weight = self._persons.reach(one, other, self._nothing_known)
                    if best is None or weight > best:
                        best = weight
        if best is None:
            return People.MISSING
        if best >= self._likely:
            return People.SAME if best >= self._same else People.LIKELY
        return People.MISSING if best >= self._nothing_known else People.DIFFERS


def _kinds(model: Model, one: Category, other: Category) -> int:
    if Category.OTHER in (one, other):
        return Kinds.MISSING
    if one is other:
        return Kinds.SAME
    return Kinds.RELATED if frozenset((one.value, other.value)) in model.related else Kinds.DIFFERS


def incident_comparing(model: Model, persons: Scorer[Person]) -> Comparing[Incident]:
    """Every comparison of reports by its name in a model."""
    by_model = ModelComparisons(model, persons)
    return Comparing(
        functions={
            "time": time,
            "site": site,
            "home": home,
            "adjacent": adjacent,
            "category": by_model.category,
            "reference": reference,
            "agency": agency,
            "words": words,
            "wording": wording,
            "person": by_model.person,
        },
        needs={
            "time": IncidentHas.TIME,
            "site": IncidentHas.SITE,
            "home": IncidentHas.HOME,
            "adjacent": IncidentHas.NO_SITE,
            "category": IncidentHas.CATEGORY,
            "reference": IncidentHas.QUOTED,
            "agency": IncidentHas.AGENCY,
            "words": IncidentHas.WORDS,
            "wording": IncidentHas.WORDS,
            "person": IncidentHas.PERSONS,
        },
        either=IncidentHas.QUOTED | IncidentHas.NO_SITE,
    )
