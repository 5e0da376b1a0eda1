"""Who lives together: singles, couples, families, sharers, and the people whom records confuse."""

from dataclasses import replace
from datetime import date, timedelta

from simulation.dice import Dice, Wheel
from simulation.names import COMMUNITIES, WIFE_KEEPS_NAME, Community, Sex, for_woman, stock
from simulation.people import ADULT, Household, Person, resident
from simulation.places import Place, Town
from simulation.settings import Settings

_GUESTS = 16
"""People of one room, the first among them, as many as have numbers of their own."""

_SEXES: tuple[Sex, Sex] = ("female", "male")
_SHAPES: Wheel[str] = Wheel((("single", 31), ("couple", 20), ("family", 24), ("lone parent", 11), ("sharers", 14)))
_CHILDREN: Wheel[int] = Wheel(((1, 42), (2, 36), (3, 14), (4, 8)))
_VULNERABILITIES = ("mental health", "physical disability", "learning disability", "older person living alone")


def settle(settings: Settings, town: Town) -> list[Household]:
    """A household for each home; it depends on the seed and the home alone, but for namesakes next door."""
    households = [_household(settings, home, place) for place, home in enumerate(town.homes)]
    _move_in(settings, town, households)
    _name_alike(settings, households)
    return households


def _household(settings: Settings, home: Place, place: int) -> Household:
    dice = Dice(settings.luck, "household", place)
    shape = "single" if home.kind == "room" else dice.spin(_SHAPES)
    maker = _Maker(dice, home, dice.spin(COMMUNITIES), place, settings.start.year)
    match shape:
        case "single":
            maker.adult(dice.between(22, 88))
        case "couple":
            maker.couple(dice.between(24, 84))
        case "family":
            maker.family(2, dice.between(28, 62))
        case "lone parent":
            maker.family(1, dice.between(22, 55))
        case _:
            maker.sharers(dice.between(2, 4))
    return tuple(maker.people)


def guests(settings: Settings, town: Town) -> dict[str, Household]:
    """Those who pass through each room of the hostel, one after the other, behind the one of the first day."""
    rooms = [(place, home) for place, home in enumerate(town.homes) if home.kind == "room"]
    return {
        home.uprn: tuple(_guest(settings, home, place, order) for order in range(1, _GUESTS)) for place, home in rooms
    }


def _guest(settings: Settings, home: Place, place: int, order: int) -> Person:
    dice = Dice(settings.luck, "guest", place, order)
    maker = _Maker(dice, home, dice.spin(COMMUNITIES), place, settings.start.year, order)
    return maker.adult(dice.between(19, 67))


class _Maker:
    """Makes the people of one household."""

    def __init__(self, dice: Dice, home: Place, community: Community, place: int, year: int, first: int = 0) -> None:
        self._first = first
        self.people: list[Person] = []
        self._dice = dice
        self._home = home
        self._community = community
        self._place = place
        self._year = year

    def adult(self, age: int, sex: Sex | None = None, family: str | None = None) -> Person:
        if sex is None:
            sex = _SEXES[self._dice.below(2)]
        return self._add(sex, age, family or self._family(sex))

    def couple(self, age: int) -> tuple[Person, Person]:
        man = self.adult(age, "male")
        keeps = self._community in WIFE_KEEPS_NAME or self._dice.chance(0.3)
        family = self._family("female") if keeps else for_woman(man.family, self._community)
        return man, self.adult(max(19, age - self._dice.between(-3, 6)), "female", family)

    def family(self, parents: int, age: int) -> None:
        """Parents with their children; grown-up ones stay at home as well, and a few sons bear the father's name."""
        head = self.couple(age)[0] if parents == 2 else self.adult(age)
        born = [max(0, age - self._dice.between(22, 34)) for _ in range(self._dice.spin(_CHILDREN))]
        for child in born:
            self._child(head, child)
        if born and born[-1] >= ADULT and self._dice.chance(0.2):
            self._twin(self.people[-1])

    def sharers(self, count: int) -> None:
        for _ in range(count):
            self._community = self._dice.spin(COMMUNITIES)
            self.adult(self._dice.between(20, 38))

    def _child(self, head: Person, age: int) -> None:
        sex = self._dice.one(_SEXES)
        family = head.family if sex == head.sex else for_woman(head.family, self._community)
        child = self._add(sex, age, family)
        if sex == "male" == head.sex and self._dice.chance(0.05):
            self.people[-1] = replace(child, given=head.given, likeness="senior_junior")
            self.people[0] = replace(self.people[0], likeness="senior_junior")

    def _twin(self, first: Person) -> None:
        twin = self._add(self._dice.one(_SEXES), 0, first.family)
        self.people[-1] = replace(twin, born=first.born, likeness="twin")
        self.people[-2] = replace(first, likeness="twin")

    def _family(self, sex: Sex) -> str:
        names = stock(self._community)
        if sex == "female" and self._community == "bengali":
            return self._dice.spin(names.womens_family)
        family = self._dice.spin(names.family)
        return for_woman(family, self._community) if sex == "female" else family

    def _add(self, sex: Sex, age: int, family: str) -> Person:
        dice = self._dice
        given = self._given(sex)
        middle = dice.spin(stock(self._community).given(sex)) if dice.chance(0.15) else ""
        person = resident(
            self._place,
            self._first + len(self.people),
            self._home,
            names=(given, middle, family),
            sex=sex,
            born=date(self._year - age, 1, 1) + timedelta(days=dice.below(365)),
            community=self._community,
            vulnerability=dice.one(_VULNERABILITIES) if dice.chance(0.12) else "",
        )
        self.people.append(person)
        return person

    def _given(self, sex: Sex) -> str:
        taken = {person.given for person in self.people}
        names = stock(self._community).given(sex)
        drawn = [self._dice.spin(names) for _ in range(4)]
        return next((name for name in drawn if name not in taken), drawn[-1])


def _move_in(settings: Settings, town: Town, households: list[Household]) -> None:
    """Some households came from another address in the town, which agencies may still hold."""
    dice = Dice(settings.luck, "moves")
    for place, household in enumerate(households):
        if dice.chance(0.03):
            before = dice.one(town.homes)
            households[place] = tuple(replace(person, previous=before) for person in household)


def _name_alike(settings: Settings, households: list[Household]) -> None:
    """Here and there two people who have nothing to do with each other bear one name in neighbouring homes."""
    dice = Dice(settings.luck, "namesakes")
    for place in range(len(households) - 1):
        one, other = households[place][0], households[place + 1][0]
        if dice.chance(0.003) and one.sex == other.sex and one.home.usrn == other.home.usrn:
            alike = replace(
                other, given=one.given, family=one.family, community=one.community, likeness="same_named_neighbour"
            )
            households[place] = (replace(one, likeness="same_named_neighbour"), *households[place][1:])
            households[place + 1] = (alike, *households[place + 1][1:])
