"""The rows of the noise team's tables, as a resident or an officer fills them in."""

from datetime import datetime, timedelta

from simulation.dice import Dice
from simulation.happenings import Telling
from simulation.narrative import for_council
from simulation.noise_tables import Row, stamp
from simulation.recording import Record

_ROOMS = ("bedroom", "living room", "bedroom, living room", "whole flat", "kitchen", "")


def complaint_row(
    telling: Telling, number: int, case: int, creator: object, user: object, quoted: str, dice: Dice
) -> Row:
    """A complaint about one occasion, in a case; `user` is empty for somebody who gave no name."""
    incident = telling.incident
    ended = incident.began + timedelta(minutes=incident.minutes)
    description, effect = for_council(telling, quoted, dice)
    return {
        "id": number,
        "case_id": case,
        "created": stamp(telling.at),
        "created_by_id": creator,
        "complainant_id": user,
        "happening_now": telling.at < ended,
        "start": stamp(_quarter(incident.began)),
        "end": stamp(telling.at if telling.at < ended else _quarter(ended)),
        "rooms": dice.one(_ROOMS),
        "description": description,
        "effect": effect,
    }


def case_row(telling: Telling, number: int, creator: object, dice: Dice) -> Row:
    """A case about the source: a property, or a point on the map with a radius in metres."""
    incident, place = telling.incident, telling.incident.place
    is_exact = incident.kind.setting != "street" and dice.chance(0.75 if not incident.story else 1)
    shift = (0, 0) if is_exact else (dice.between(-5, 5), dice.between(-5, 5))
    estate = {"council": "y", "housing": "n"}.get(place.landlord, dice.one("n?"))
    return {
        "id": number,
        "created": stamp(telling.at),
        "created_by_id": creator,
        "kind": incident.kind.noise_kind,
        "kind_other": incident.kind.noise_kind_other,
        "uprn": place.uprn if is_exact else "",
        "easting": place.easting + shift[0],
        "northing": place.northing + shift[1],
        "radius": "" if is_exact else dice.one((15, 30, 50)),
        "location_cache": place.address if is_exact else place.street,
        "ward": place.ward,
        "where": incident.kind.noise_where,
        "estate": estate,
        "assigned_id": "",
    }


def user_row(number: int, written: Record, contact: bool, dice: Dice) -> Row:
    """Somebody who complains; or, without contact details, somebody who is complained of."""
    email, phone = (written.email, written.phone) if contact else ("", "")
    address = ", ".join(
        part for part in (written.address, "London" if written.address else "", written.postcode) if part
    )
    return {
        "id": number,
        "first_name": written.given,
        "last_name": written.family,
        "is_staff": False,
        "is_active": True,
        "email": email,
        "email_verified": bool(email),
        "phone": f"+44{phone[1:]}" if phone else "",
        "phone_verified": bool(phone) and dice.chance(0.4),
        "address": address,
        "best_time": dice.one(("weekday", "evening", "weekday,evening", "weekend,evening", "")) if contact else "",
        "best_method": ("email" if email else "phone") if contact else "",
    }


def staff_row(number: int, given: str, family: str) -> Row:
    """An officer of the team."""
    blank = dict.fromkeys(("phone", "address", "best_time", "best_method"), "")
    signs: Row = {"is_staff": True, "is_active": True, "email_verified": True, "phone_verified": False}
    email = f"{given}.{family}@council.example".lower()
    return {"id": number, "first_name": given, "last_name": family, "email": email, **signs, **blank}


def _quarter(when: datetime) -> datetime:
    """What people say of a time: to the quarter of an hour before."""
    return when - timedelta(minutes=when.minute % 15, seconds=when.second)
