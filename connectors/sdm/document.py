"""Finding one's way in a JSON:API document (jsonapi.org, version 1.0): resources, attributes, relationships.

Suppliers write one resource where the standard has a list and the other way round, numbers as texts and flags as
"true"; what is read here does not depend on that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.mapping import values
from schemas.errors import Unfit

Name = tuple[str, str]
"""Type and id of a resource."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: what it is, its attributes, and those that it names in its relationships."""

    type: str
    id: str
    attributes: Mapping[str, Any]
    relationships: Mapping[str, tuple[Name, ...]]

    @property
    def name(self) -> Name:
        """Type and id."""
        return self.type, self.id

    def text(self, attribute: str) -> str | None:
        """An attribute as text; a list's texts between spaces; None where it is blank or an object."""
        return " ".join(self.texts(attribute)) or None

    def texts(self, attribute: str) -> tuple[str, ...]:
        """The texts of an attribute that may hold several."""
        stated = self.attributes.get(attribute)
        parts = stated if isinstance(stated, list) else [stated]
        return tuple(text for part in parts if (text := values.clean(_as_text(part))))

    def says(self, attribute: str) -> bool:
        """Whether a flag is set."""
        return values.yes(self.text(attribute))


@dataclass(frozen=True, slots=True)
class SdmDocument:
    """The incident of a document and all that came with it, in the document's order."""

    incident: Resource
    included: Mapping[Name, Resource]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "SdmDocument":
        """The document as it was parsed; Unfit where it is no JSON:API document of one incident."""
        data = document.get("data")
        if isinstance(data, list) and len(data) == 1:
            [data] = data
        if not isinstance(data, dict) or data.get("type") != "incident":
            raise Unfit("data", "is no single resource of type incident", "send one incident in each document")
        others = document.get("included") or []
        if not isinstance(others, list):
            raise Unfit("included", "is no list of resources", "send the document as the iHub made it")
        resources = [_resource(one) for one in others if isinstance(one, dict)]
        return cls(_resource(data), {one.name: one for one in resources})

    def related(self, resource: Resource, *reasons: str) -> Iterator[Resource]:
        """The resources that another names for one of these reasons, each once, in the order of the reasons."""
        names = (name for reason in reasons for name in resource.relationships.get(reason, ()))
        for name in dict.fromkeys(names):
            if found := self.included.get(name):
                yield found

    def of_type(self, kind: str) -> Iterator[Resource]:
        """The included resources of one type."""
        return (one for one in self.included.values() if one.type == kind)

    def only(self, resource: Resource, reason: str, kind: str) -> Resource | None:
        """The first resource that is named for a reason, else the only one of that type."""
        named = next(self.related(resource, reason), None)
        of_type = list(self.of_type(kind))
        return named or (of_type[0] if len(of_type) == 1 else None)


def _resource(stated: Mapping[str, Any]) -> Resource:
    attributes, relationships = stated.get("attributes"), stated.get("relationships")
    return Resource(
        type=str(stated.get("type") or ""),
        id=str(stated.get("id") or ""),
        attributes=attributes if isinstance(attributes, dict) else {},
        relationships=dict(_relationships(relationships)) if isinstance(relationships, dict) else {},
    )


def _relationships(stated: Mapping[str, Any]) -> Iterable[tuple[str, tuple[Name, ...]]]:
    for reason, held in stated.items():
        data = held.get("data") if isinstance(held, dict) else held
        ends = data if isinstance(data, list) else [data]
        yield reason, tuple((str(end.get("type")), str(end.get("id"))) for end in ends if isinstance(end, dict))


def _as_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None
