"""Lays out a town: a grid of invented streets around a real point on the map.

A small area is a square of 240 m with four streets from west to east and 26 plots on each side of each; a ward is one
row of small areas. About two fifths of the homes are flats in blocks, three tenths flats in converted houses.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from simulation import lists
from simulation.codes import Codes
from simulation.dice import Dice
from simulation.feeds import LANDLORDS
from simulation.places import HOMES, Landlord, Place, PlaceKind, Postcode, SmallArea, Town, Ward
from simulation.settings import Settings
from simulation.street_names import street_names

CELL_M = 240
HOMES_IN_CELL = 300
_STREETS, _PLOTS, _PLOT_M, _SETBACK_M = 4, 26, 9, 12
_CELLS_IN_STREET = 2
_DELIVERY_POINTS = 14
"""Buildings that share a postcode; a block has its own."""

_WIDTHS: dict[PlaceKind, int] = {"block": 6, "hostel": 3, "square": 5, "site": 3, "pub": 2, "club": 2}
"""Plots that a building takes; any other takes one."""

_SMALLER: dict[PlaceKind, tuple[tuple[Landlord, float], ...]] = {
    "building": (("haven", 0.3), ("weir", 0.06), ("foundry", 0.02)),
    "house": (("haven", 0.08), ("weir", 0.03), ("foundry", 0.06)),
}
"""Share of the other buildings of a kind that is each smaller landlord's, if the borough has them."""

_RENTED: dict[PlaceKind, tuple[float, float]] = {
    "block": (0.65, 0.35),
    "building": (0.15, 0.05),
    "house": (0.1, 0.04),
    "hostel": (1.0, 0.0),
}
"""Share of buildings of a kind that are the housing association's, and the council's."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A building to be put somewhere, with the homes in it."""

    kind: PlaceKind
    units: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Plot:
    """One place along a street."""

    cell: SmallArea
    street: str
    usrn: str
    side: int
    number: int
    easting: int
    northing: int


def lay_out(settings: Settings) -> Town:
    """The town of these settings."""
    return _Surveyor(settings).survey()


class _Surveyor:
    """Walks the streets once, from the south-west to the north-east, and numbers what is built."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._codes = Codes(settings.town)
        needed = -(-settings.homes // HOMES_IN_CELL)
        self._columns = next(width for width in range(1, needed + 1) if width * width >= needed)
        self._rows = -(-needed // self._columns)
        self._west = self._codes.centre[0] - self._columns * CELL_M // 2
        self._south = self._codes.centre[1] - self._rows * CELL_M // 2
        self._street_names = street_names(Dice(settings.luck, "streets"))
        self._block_names = _block_names(settings)
        self._shared: dict[tuple[str, str, int], tuple[str, int]] = {}
        self._streets: dict[str, tuple[str, str, int, int]] = {}
        self._postcodes: list[Postcode] = []
        self._places: list[Place] = []

    def survey(self) -> Town:
        wards = [self._ward(row) for row in range(self._rows)]
        cells = [self._cell(row, column, ward) for row, ward in enumerate(wards) for column in range(self._columns)]
        for number, (cell, plans) in enumerate(zip(cells, self._plans(len(cells)), strict=True)):
            self._build(cell, number, plans)
        return Town(
            small_areas=tuple(cells),
            wards=tuple(wards),
            postcodes=tuple(self._postcodes),
            places=tuple(self._places),
            homes=tuple(place for place in self._places if place.kind in HOMES),
            streets=tuple(self._streets.values()),
        )

    def _ward(self, row: int) -> Ward:
        south = self._south + row * CELL_M
        east = self._west + self._columns * CELL_M
        name = lists.values("streets", "ward")[row]
        return Ward(self._codes.ward(row), name, self._west, south, east, south + CELL_M)

    def _cell(self, row: int, column: int, ward: Ward) -> SmallArea:
        name = f"{self._settings.area_name} 9{row + 1:02d}{chr(ord('A') + column)}"
        code = self._codes.small_area(row * self._columns + column)
        return SmallArea(code, name, ward.code, self._west + column * CELL_M, ward.south, CELL_M)

    def _plans(self, cells: int) -> list[list[_Plan]]:
        """For each small area what is built in it, in the order in which it stands."""
        special: list[list[_Plan]] = [[] for _ in range(cells)]
        dice = Dice(self._settings.luck, "plans")
        for plan in _special_plans(self._settings.homes):
            dice.one(special).append(plan)
        few, more = divmod(self._settings.homes, cells)
        return [
            _cell_plans(few + (number < more), plans, Dice(self._settings.luck, "cell", number))
            for number, plans in enumerate(special)
        ]

    def _build(self, cell: SmallArea, number: int, plans: Iterable[_Plan]) -> None:
        plots = self._plots(cell, number)
        dice = Dice(self._settings.luck, "buildings", number)
        for plan in plans:
            row = _stretch(plots, _WIDTHS.get(plan.kind, 1), dice)
            self._erect(plan, row[len(row) // 2], dice)

    def _plots(self, cell: SmallArea, number: int) -> list[_Plot]:
        row, column = divmod(number, self._columns)
        span, offset = divmod(column, _CELLS_IN_STREET)
        return [
            self._plot(cell, (row, span, street), side, offset * _PLOTS, plot)
            for street in range(_STREETS)
            for side in (0, 1)
            for plot in range(_PLOTS)
        ]

    def _plot(self, cell: SmallArea, street: tuple[int, int, int], side: int, before: int, plot: int) -> _Plot:
        row, span, lane = street
        middle = cell.south + CELL_M // (2 * _STREETS) + lane * CELL_M // _STREETS
        order = (row * -(-self._columns // _CELLS_IN_STREET) + span) * _STREETS + lane
        name = self._street_names[order]
        usrn = self._codes.street(order)
        spot = min(self._west + (2 * span + 1) * CELL_M, self._west + self._columns * CELL_M - CELL_M // 2)
        self._streets.setdefault(usrn, (name, usrn, spot - 1, middle))
        easting = cell.west + _SETBACK_M // 2 + plot * _PLOT_M
        northing = middle + (_SETBACK_M if side else -_SETBACK_M)
        return _Plot(cell, name, usrn, side, 2 * (before + plot) + 1 + side, easting, northing)

    def _erect(self, plan: _Plan, plot: _Plot, dice: Dice) -> None:
        postcode = self._postcode(plot, own=plan.kind in ("block", "hostel"))
        first_block = plan.kind == "block" and not any(place.kind == "block" for place in self._places)
        landlord: Landlord = "housing" if first_block else _landlord(plan.kind, dice)
        landlord = landlord or self._smaller_landlord(plan.kind)
        building = plan.name or (next(self._block_names) if plan.kind == "block" else str(plot.number))
        shell = self._place(plan.kind, plot, postcode, "", "", building, landlord)
        for unit in range(plan.units):
            kind: PlaceKind = "room" if plan.kind == "hostel" else "flat"
            self._place(kind, plot, postcode, shell.uprn, _unit_name(plan, unit), building, landlord)

    def _smaller_landlord(self, kind: PlaceKind) -> Landlord:
        """By chance of its own, so that a borough with more landlords has the same streets."""
        share = Dice(self._settings.luck, "landlord", len(self._places)).share()
        for landlord, part in _SMALLER.get(kind, ()):
            if share < part:
                return landlord if LANDLORDS.get(landlord or "council") in self._settings.feeds else ""
            share -= part
        return ""

    def _place(
        self, kind: PlaceKind, plot: _Plot, postcode: str, parent: str, unit: str, building: str, landlord: Landlord
    ) -> Place:
        place = Place(
            uprn=self._codes.property(len(self._places)),
            parent=parent,
            usrn=plot.usrn,
            kind=kind,
            easting=plot.easting,
            northing=plot.northing,
            postcode=postcode,
            lsoa=plot.cell.code,
            ward=plot.cell.ward,
            unit=unit,
            building=building,
            street=plot.street,
            landlord=landlord,
        )
        self._places.append(place)
        return place

    def _postcode(self, plot: _Plot, own: bool) -> str:
        """A block's own postcode, or the one of the same side of the street until enough buildings share it."""
        row = (plot.usrn, plot.cell.code, plot.side)
        last, sharers = self._shared.get(row, ("", _DELIVERY_POINTS))
        if not own and sharers < _DELIVERY_POINTS:
            self._shared[row] = (last, sharers + 1)
            return last
        code = self._codes.postcode(len(self._postcodes))
        self._postcodes.append(Postcode(code, plot.easting, plot.northing, plot.cell.code, plot.cell.ward))
        if not own:
            self._shared[row] = (code, 1)
        return code


def _block_names(settings: Settings) -> Iterator[str]:
    """Names for blocks without end; from the second round on they bear a number."""
    kinds, stems = ("House", "Court", "Point", "Heights"), lists.values("streets", "house")
    names = [f"{stem} {kind}" for kind in kinds for stem in stems]
    shuffled = Dice(settings.luck, "blocks").some(names, len(names))
    for again in count(1):
        yield from (name if again == 1 else f"{name} {again}" for name in shuffled)


def _special_plans(homes: int) -> Iterator[_Plan]:
    """What a town has beside homes; a hostel's rooms count among the homes."""
    pubs, clubs = lists.values("streets", "pub"), lists.values("streets", "club")
    yield _Plan("hostel", 24, "Lantern House Hostel")
    yield _Plan("square", name="Lammas Square")
    yield _Plan("club", name=clubs[0])
    yield _Plan("site", name="Old Foundry Development")
    for number in range(max(3, homes // 900)):
        again = f" {number // len(pubs) + 1}" if number >= len(pubs) else ""
        yield _Plan("pub", name=pubs[number % len(pubs)] + again)
    for number in range(max(4, homes // 250)):
        yield _Plan("shop", name=f"Shop {number + 1}")


def _cell_plans(homes: int, special: Sequence[_Plan], dice: Dice) -> list[_Plan]:
    """Buildings with exactly this number of homes in all, shuffled."""
    plans = list(special)
    left = homes - sum(plan.units for plan in special)
    for _ in range(2):
        plans.append(_Plan("block", homes // 5))
        left -= homes // 5
    while left > homes * 0.3 + 4:
        units = dice.between(2, 4)
        plans.append(_Plan("building", units))
        left -= units
    plans.extend(_Plan("house") for _ in range(left))
    return dice.some(plans, len(plans))


def _stretch(plots: list[_Plot], width: int, dice: Dice) -> list[_Plot]:
    """Takes the next plots that lie side by side in one row, sometimes leaving a gap before them."""
    if dice.chance(0.2):
        plots.pop(0)
    while plots[0].northing != plots[width - 1].northing:
        plots.pop(0)
    taken = plots[:width]
    del plots[:width]
    return taken


def _landlord(kind: PlaceKind, dice: Dice) -> Landlord:
    housing, council = _RENTED.get(kind, (0.0, 0.0))
    if dice.chance(housing):
        return "housing"
    return "council" if dice.chance(council / (1 - housing) if housing < 1 else 0.0) else ""


def _unit_name(plan: _Plan, unit: int) -> str:
    if plan.kind == "hostel":
        return f"Room {unit + 1}"
    return f"Flat {unit + 1}" if plan.kind == "block" else f"Flat {'ABCD'[unit]}"
