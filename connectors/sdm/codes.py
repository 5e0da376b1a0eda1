"""What an incident of the Standard Data Model says of its kind of behaviour."""

from connectors.mapping.coding import Coding
from connectors.sdm.document import Resource
from schemas import codes
from schemas.vocabulary import Category, HateStrand, Qualifier, Restriction

_CODED = ("nsirClosingCode", "asbType", "nsirOpeningCode", "crimeType")
_UNSAID = Qualifier.NOT_STATED
_FLAGS = (
    ("physicallyAssaulted", Category.VIOLENCE),
    ("subjectedToHateCrime", Category.HATE_RELATED),
    ("subjectedToThreatAbuseOrAssault", Category.HARASSMENT),
)
"""Answers of the form that tell the kind where no code does, the gravest first."""

_STRANDS = {
    "disability": HateStrand.DISABILITY,
    "race": HateStrand.RACE,
    "religion": HateStrand.RELIGION,
    "faith": HateStrand.RELIGION,
    "sexual orientation": HateStrand.SEXUAL_ORIENTATION,
    "homophobic": HateStrand.SEXUAL_ORIENTATION,
    "transgender": HateStrand.TRANSGENDER_IDENTITY,
    "transphobic": HateStrand.TRANSGENDER_IDENTITY,
}


def coding_of(incident: Resource) -> Coding:
    """The first code that names a kind of behaviour decides it, else the form's answers; a code that is in no list
    counts as unknown. It is in scope unless every known code is of another matter.
    """
    told = [codes.shipped().meaning(codes.NSIR, text) for name in _CODED if (text := incident.text(name))]
    known = [meaning for meaning in told if meaning.known]
    inside = [meaning for meaning in known if meaning.in_scope]
    answered = next((category for flag, category in _FLAGS if incident.says(flag)), Category.OTHER)
    return Coding(
        category=next((one.category for one in inside if one.category is not Category.OTHER), answered),
        qualifier=next(filter(_is_stated, (_asb_class(incident), *(one.qualifier for one in inside))), _UNSAID),
        restrictions=tuple(dict.fromkeys(one.restriction for one in known if one.restriction)),
        in_scope=bool(inside) or not known,
        unknown=len(told) - len(known),
    )


def hate(incident: Resource) -> tuple[HateStrand, ...]:
    """The strand perceived; OTHER where the form says only that it was hate."""
    stated = incident.text("hateCrime")
    if stated:
        return (_STRANDS.get(codes.normal(stated), HateStrand.OTHER),)
    return (HateStrand.OTHER,) if incident.says("subjectedToHateCrime") else ()


def restrictions(incident: Resource, sufferers: list[Resource]) -> tuple[Restriction, ...]:
    """A child who suffers it, or was there, restricts the report."""
    child = incident.says("childPresent") or any(one.says("under18") for one in sufferers)
    return (Restriction.CHILD,) if child else ()


def _asb_class(incident: Resource) -> Qualifier:
    return codes.shipped().meaning(codes.NSIR_QUALIFIERS, incident.text("asbClass") or "").qualifier


def _is_stated(qualifier: Qualifier) -> bool:
    return qualifier is not _UNSAID
