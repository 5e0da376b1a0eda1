"""Numbers and codes that look right and exist nowhere, different for each town of a run."""

from collections.abc import Sequence

_HACKNEY = (534_600, 185_100)
"""Grid metres of the middle of town 0."""

_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters of the second half of a postcode (BS 7666-0:2006, annex C)."""

_NO_AREA_BEGINS_WITH = "XVQ"
"""No postcode area begins with these, so no such postcode exists."""

_SECOND = "HABCDEFGKLMNOPQRSTUVWXYIJZ"


class Codes:
    """The codes of one town."""

    __slots__ = ("_town", "centre")

    def __init__(self, town: int) -> None:
        self._town = town
        self.centre = _centre(town)

    def property(self, number: int) -> str:
        """A UPRN of 12 digits; none that begin with 99 are in use."""
        return f"990{self._town:03d}{number:06d}"

    def street(self, number: int) -> str:
        """A USRN of 8 digits."""
        return f"99{self._town:03d}{number:03d}"

    def small_area(self, number: int) -> str:
        """A code in the form of a Lower layer Super Output Area's, from E01900000 on."""
        return f"E019{self._town * 310 + number:05d}"

    def ward(self, number: int) -> str:
        """A code in the form of a ward's, from E05900000 on."""
        return f"E059{self._town:03d}{number:02d}"

    def postcode(self, number: int) -> str:
        """A postcode of the right shape in an area that does not exist; 8,000 for a town."""
        pair, group = divmod(self._town, 4)
        area = _NO_AREA_BEGINS_WITH[pair // len(_SECOND)] + _SECOND[pair % len(_SECOND)]
        district, rest = divmod(number, 4000)
        sector, unit = divmod(rest, 400)
        return f"{area}{1 + 2 * group + district} {sector}{_pair(_LETTERS, unit)}"


def _pair(letters: Sequence[str], number: int) -> str:
    return letters[number // len(letters)] + letters[number % len(letters)]


def _centre(town: int) -> tuple[int, int]:
    """Town 0 lies in Hackney, the others on a lattice of 6 km in the English Midlands."""
    if town == 0:
        return _HACKNEY
    row, column = divmod(town, 20)
    return 380_000 + column * 6_000, 180_000 + row * 6_000
