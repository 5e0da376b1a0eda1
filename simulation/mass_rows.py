"""The rows of a log for very many reports: everything that costs time is made once and used again."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from simulation.clock import LONDON
from simulation.codes import Codes
from simulation.desk import police_day
from simulation.dice import Dice
from simulation.kinds import RESTRICTED, kinds
from simulation.names import COMMUNITIES, stock
from simulation.people import mobile
from simulation.scenes import marks, scenes
from simulation.spelling import plain, slip
from simulation.street_names import street_names

_NAMES, _MARKS, _STREETS = 4_000, 240, 40
_HOMES_IN_STREET = 52
_SHARING_POSTCODE = 14
_DAY, _HOUR = 86_400, 3_600
_LONG_AGO = date(1940, 1, 1)

Row = tuple[str, ...]


class Clock:
    """Seconds since the first midnight as the log writes them, by a clock that nobody puts forward or back.

    Nothing happens from one to two at night, the hour that clocks leave out in March.
    """

    def __init__(self, start: date) -> None:
        self._midnight = datetime(start.year, start.month, start.day, tzinfo=LONDON)
        self._in_day: dict[int, int] = {}

    def written(self, at: int) -> str:
        """22/11/2026 23:10:05."""
        day, second = divmod(at, _DAY)
        second += _HOUR if _HOUR <= second < 2 * _HOUR else 0
        minutes, seconds = divmod(second, 60)
        return f"{self._day(day)} {minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"

    def month(self, at: int) -> str:
        """2026-11."""
        return f"{self._midnight + timedelta(days=at // _DAY):%Y-%m}"

    def reference(self, at: int, area: int, areas: int) -> str:
        """A number of the force's own: areas share the day's numbers, so that no two have the same."""
        day = at // _DAY
        order = self._in_day.get(day, 0)
        self._in_day[day] = order + 1
        return f"{order * areas + area + 1}/{self._police_day(day)}"

    @lru_cache(512)  # noqa: B019 (a clock lives as long as its area is written)
    def _day(self, day: int) -> str:
        return f"{self._midnight + timedelta(days=day):%d/%m/%Y}"

    @lru_cache(512)  # noqa: B019
    def _police_day(self, day: int) -> str:
        return police_day((self._midnight + timedelta(days=day)).date())


class Mouths:
    """Names, and what is said of each kind of behaviour."""

    def __init__(self, seed: int) -> None:
        dice = Dice(seed, "mouths")
        told = [kind for kind in kinds().values() if kind.told["police"] and kind.name != RESTRICTED]
        self.codes = [(kind.police_opening, kind.police_closing, kind.qualifier, kind.grade) for kind in told]
        self.kinds = len(told)
        self.what = [[plain(each[0]).upper() for each in scenes()[kind.scenes].what] for kind in told]
        self.marks = [[_said(kind.scenes, dice) for _ in range(_MARKS)] for kind in told]
        self.names = [_name(dice) for _ in range(_NAMES)]
        self.slipped = [" ".join(slip(part, dice) for part in name.split(" ")) for name in self.names]
        self.streets = [name.upper() for name in street_names(dice)[:_STREETS]]


class Callers:
    """The callers and homes of one area, by their numbers."""

    def __init__(self, area: int, dice: Dice, mouths: Mouths) -> None:
        self._area = area
        self._codes = Codes(area)
        self._dice = dice
        self._mouths = mouths

    def row(self, reference: str, clock: Clock, at: int, incident: int, kind: int, source: int, caller: int) -> Row:
        """One row of the log, with its columns in the order of simulation.police.COLUMNS."""
        dice, mouths = self._dice, self._mouths
        opening, closing, qualifier, grade = mouths.codes[kind]
        where, (easting, northing) = self._address(source), self._point(source)
        first, second = mouths.marks[kind][incident % _MARKS], mouths.marks[kind][(incident * 7 + 3) % _MARKS]
        said = f"INFT STATES {dice.one(mouths.what[kind]).replace('{PLACE}', where)}. {first}. {second}"
        person = caller * 7_919 + self._area * 101
        names = mouths.slipped if dice.chance(0.05) else mouths.names
        born = _LONG_AGO + timedelta(days=person * 31 % 22_000)
        return (
            reference,
            clock.written(at),
            clock.written(at + 1_500 + dice.below(20_000)),
            grade,
            opening,
            closing,
            qualifier,
            "",
            where,
            self._postcode(source) if dice.chance(0.6) else "",
            self._codes.property(source) if dice.chance(0.3) else "",
            str(easting),
            str(northing),
            "",
            "",
            names[person % _NAMES],
            f"{born:%d/%m/%Y}" if dice.chance(0.58) else "",
            mobile(person) if dice.chance(0.8) else "",
            self._address(caller),
            self._postcode(caller),
            "Victim",
            "N",
            "",
            "",
            said,
        )

    def _address(self, home: int) -> str:
        street, number = divmod(home, _HOMES_IN_STREET)
        again = f" {street // _STREETS + 1}" if street >= _STREETS else ""
        return f"{number + 1} {self._mouths.streets[street % _STREETS]}{again}"

    def _postcode(self, home: int) -> str:
        return self._codes.postcode(home // _SHARING_POSTCODE)

    def _point(self, home: int) -> tuple[int, int]:
        street, number = divmod(home, _HOMES_IN_STREET)
        east, north = self._codes.centre
        return east + 9 * number - 240, north + 24 * street - 1_200


def _said(name: str, dice: Dice) -> str:
    return plain(marks(scenes()[name], dice)[0][0]).upper()


def _name(dice: Dice) -> str:
    names = stock(dice.spin(COMMUNITIES))
    sex = dice.one(("female", "male"))
    return plain(f"{dice.spin(names.female if sex == 'female' else names.male)} {dice.spin(names.family)}").upper()
