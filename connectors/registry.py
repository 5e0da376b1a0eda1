"""Client of the schema registry: the Confluent REST interface, as our own service and Apicurio (/apis/ccompat/v7)
speak it.

Producers look ids up and never register: `wardlink schema register` does, when a stack is set up or upgraded.
"""

import json
from collections.abc import Iterable
from types import TracebackType
from typing import Any

import httpx

from schemas import avro_files
from schemas.avro_files import Schema
from schemas.errors import Refused, Unavailable, Unfit
from schemas.topics import Topic

COMPATIBILITY = "FULL_TRANSITIVE"
"""Every version can read what every other version wrote."""

_CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
_RETRY_LATER = 429
_NOT_FOUND = 404
_CONFLICT = 409


class Registry:
    """One registry by its base URL; ids and schemas are asked for once, since neither ever changes."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Content-Type": _CONTENT_TYPE, "Accept": _CONTENT_TYPE}
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=10, transport=transport)
        self._ids: dict[str, int] = {}
        self._schemas: dict[int, Schema] = {}

    def __enter__(self) -> "Registry":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def register_all(self, topics: Iterable[Topic]) -> dict[str, int]:
        """Registers the schema of every topic and holds it to FULL_TRANSITIVE; returns the id of each by topic name.

        Repeating it changes nothing. Refused when a schema is not compatible with what is registered.
        """
        return {topic.name: self._register(topic) for topic in topics}

    def id_of(self, topic: Topic) -> int:
        """The id to frame this topic's records with; Refused while its schema is not registered."""
        if topic.name not in self._ids:
            self._ids[topic.name] = self._look_up(topic)
        return self._ids[topic.name]

    def schema(self, schema_id: int) -> Schema:
        """The schema that a record was written with; Unfit for an id that the registry does not know."""
        if schema_id not in self._schemas:
            self._schemas[schema_id] = self._fetch(schema_id)
        return self._schemas[schema_id]

    def _register(self, topic: Topic) -> int:
        answer = self._ask("POST", f"/subjects/{topic.subject}/versions", _body(topic))
        if answer.status_code == _CONFLICT:
            raise Refused(
                f"the schema of {topic.name} cannot read or be read by one that the registry holds: "
                "see `wardlink schema check`"
            )
        schema_id = int(_content(answer)["id"])
        _content(self._ask("PUT", f"/config/{topic.subject}", {"compatibility": COMPATIBILITY}))
        return schema_id

    def _look_up(self, topic: Topic) -> int:
        answer = self._ask("POST", f"/subjects/{topic.subject}", _body(topic))
        if answer.status_code == _NOT_FOUND:
            raise Refused(f"the schema of {topic.name} is not registered: run `wardlink schema register`")
        return int(_content(answer)["id"])

    def _fetch(self, schema_id: int) -> Schema:
        answer = self._ask("GET", f"/schemas/ids/{schema_id}")
        if answer.status_code == _NOT_FOUND:
            raise Unfit("schema id", "is not in the registry", "register the schema that it was written with")
        schema: Schema = json.loads(_content(answer)["schema"])
        return schema

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise Unavailable(f"the schema registry is away ({type(error).__name__}): is it running?") from error
        if answer.status_code == _RETRY_LATER or answer.is_server_error:
            raise Unavailable(f"the schema registry answers {answer.status_code}: look at its log")
        return answer


def _body(topic: Topic) -> dict[str, str]:
    return {"schema": json.dumps(avro_files.load(topic.record.__name__)), "schemaType": "AVRO"}


def _content(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise Refused(f"the schema registry refuses with {answer.status_code}: is its URL the Confluent interface?")
    return answer.json()
