"""How text goes wrong between a mouth and a database: lost accents, slips of the key, days taken for months."""

from datetime import date

from simulation.dice import Dice

_PLAIN = str.maketrans(
    {
        **dict(zip("ıİğĞşŞçÇöÖüÜ", "iIgGsScCoOuU", strict=True)),
        **dict(zip("ąĄćĆęĘłŁńŃóÓśŚźŹżŻ", "aAcCeElLnNoOsSzZzZ", strict=True)),
        **dict(zip("àáảãạăắằẳẵặâấầẩẫậ", "a" * 17, strict=True)),
        **dict(zip("èéẻẽẹêếềểễệ", "e" * 11, strict=True)),
        **dict(zip("ìíỉĩị", "i" * 5, strict=True)),
        **dict(zip("òỏõọôốồổỗộơớờởỡợ", "o" * 16, strict=True)),
        **dict(zip("ùúủũụưứừửữự", "u" * 11, strict=True)),
        **dict(zip("ỳýỷỹỵ", "y" * 5, strict=True)),
        "đ": "d",
        "Đ": "D",
        "é": "e",
    }
)

_NEXT_KEY = dict(zip("abcdefghijklmnopqrstuvwxyz", "svvfrdghujklknilaetriquxzt", strict=True))


def plain(text: str) -> str:
    """The text without accents, as a system from the last century keeps it.

    >>> plain("Yıldırım"), plain("Nguyễn"), plain("Łukasz")
    ('Yildirim', 'Nguyen', 'Lukasz')
    """
    return text.translate(_PLAIN)


def slip(name: str, dice: Dice) -> str:
    """The name with one slip of the key: a letter lost, doubled, exchanged with the next, or hit beside."""
    if len(name) < 4:
        return name
    at = dice.between(1, len(name) - 2)
    before, letter, after = name[:at], name[at], name[at + 1 :]
    match dice.below(4):
        case 0:
            return before + after
        case 1:
            return before + letter + letter + after
        case 2:
            return before + after[0] + letter + after[1:]
        case _:
            return before + _NEXT_KEY.get(plain(letter).lower(), letter) + after


def misdate(born: date, dice: Dice) -> date:
    """Another date that is easily written for it: day and month exchanged, or a digit of the day or year wrong."""
    if born.day <= 12 and born.day != born.month and dice.chance(0.6):
        return date(born.year, born.day, born.month)
    if dice.chance(0.5):
        return born.replace(day=1 + (born.day + 9) % 28)
    return born.replace(year=born.year - dice.one((1, 10)), day=min(born.day, 28))


def misdial(number: str, dice: Dice) -> str:
    """A telephone number with one digit of its second half wrong."""
    at = dice.between(6, len(number) - 1)
    return number[:at] + str((int(number[at]) + dice.between(1, 9)) % 10) + number[at + 1 :]
