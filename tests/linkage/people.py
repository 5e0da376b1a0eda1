"""Rows about invented people, told with the errors that people make; and a profile for them."""

from random import Random

from linkage.rows.model import load_profile
from linkage.rows.stock import Texts

_FIRST = (
    "william",
    "mary",
    "ayse",
    "oluwaseun",
    "nguyen",
    "rivka",
    "piotr",
    "fatima",
    "george",
    "ellen",
    "yusuf",
    "ada",
)
_SHORT = {"william": "bill", "mary": "molly", "george": "geordie", "ellen": "nell", "rivka": "becky", "piotr": "peter"}
_SYLLABLES = (
    "ber",
    "kow",
    "tan",
    "shaw",
    "ley",
    "oz",
    "dem",
    "ir",
    "wood",
    "ade",
    "yemi",
    "tran",
    "feld",
    "mor",
    "gan",
)
_PLACES = ("hackney", "stoke newington", "dalston", "clapton", "homerton", "hoxton", "shoreditch", "haggerston")
_JOBS = ("painter", "teacher", "nurse", "driver", "cook", "carpenter")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def people(seed: int, count: int, most: int = 6) -> tuple[list[Texts], list[str]]:
    """(rows, who each is of): each person in 1 to `most` rows."""
    random = Random(seed)
    rows: list[Texts] = []
    labels: list[str] = []
    for number in range(count):
        whole = _person(random)
        for _ in range(random.randint(1, most)):
            rows.append({"unique_id": f"r{len(rows):05}", **_told(random, whole)})
            labels.append(f"p{number}")
    return rows, labels


def small_profile() -> dict[str, object]:
    """The historical profile with blocks and random pairs for some hundred rows."""
    profile = dict(load_profile("historical"))
    profile["training"] = {**profile["training"], "rounds": 2, "random_pairs": 20_000}
    return profile


def _person(random: Random) -> dict[str, str]:
    last = "".join(random.choice(_SYLLABLES) for _ in range(random.choice((2, 2, 3))))
    district = f"e{random.randint(1, 17)}"
    return {
        "full_name": f"{random.choice(_FIRST)} {last}",
        "dob": f"{random.randint(1930, 1999)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
        "birth_place": random.choice(_PLACES),
        "postcode_fake": f"{district} {random.randint(1, 9)}{random.choice(_LETTERS)}{random.choice(_LETTERS)}",
        "gender": random.choice(("male", "female")),
        "occupation": random.choice(_JOBS),
    }


def _told(random: Random, whole: dict[str, str]) -> dict[str, str]:
    first, last = whole["full_name"].split()
    if random.random() < 0.25:
        first = _SHORT.get(first, first)
    if random.random() < 0.2:
        last = _slip(random, last)
    told = {**whole, "full_name": f"{first} {last}"}
    for column in ("dob", "birth_place", "postcode_fake", "gender", "occupation"):
        if random.random() < 0.2:
            told[column] = ""
    if told["dob"] and random.random() < 0.1:
        told["dob"] = told["dob"][:-1] + str(random.randint(0, 9))
    return told


def _slip(random: Random, text: str) -> str:
    place = random.randrange(1, len(text))
    return text[:place] + random.choice(_LETTERS) + text[place + 1 :]
