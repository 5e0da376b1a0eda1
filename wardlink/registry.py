"""The schema registry of the embedded stack: the Confluent REST interface on PostgreSQL, as far as Wardlink and other
usual clients need it.

Production may run Apicurio or another registry in its place: nothing else in Wardlink knows which one it is.
"""

import json
from typing import Any, cast

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from schemas import avro_files
from schemas.compatibility import LEVELS, Problems, fits, is_schema
from schemas.errors import Refused, Unavailable
from schemas.topics import TOPICS
from store.database import pool
from store.registry import GLOBAL, SchemaStore, Version, lay_registry
from wardlink.settings import Settings, registry_listen, store_settings

SUBJECT_NOT_FOUND = 40401
VERSION_NOT_FOUND = 40402
SCHEMA_NOT_FOUND = 40403
LEVEL_NOT_FOUND = 40408
INCOMPATIBLE = 409
INVALID_BODY = 422
INVALID_SCHEMA = 42201
INVALID_VERSION = 42202
INVALID_LEVEL = 42203
STORE_ERROR = 50001

LATEST = "latest"


class Answer(JSONResponse):
    """An answer in the media type of the interface."""

    media_type = "application/vnd.schemaregistry.v1+json"


class Trouble(Exception):
    """An answer other than 200: the first three digits of its code are the HTTP status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SchemaBody(BaseModel):
    """A schema as clients send it."""

    text: str = Field(alias="schema")
    kind: str = Field(default="AVRO", alias="schemaType")
    references: list[Any] = []


class LevelBody(BaseModel):
    """A compatibility level as clients send it."""

    compatibility: str


class Service:
    """What each request does. Runs in several threads at once."""

    def __init__(self, store: SchemaStore) -> None:
        self._store = store

    def health(self) -> dict[str, str]:
        """Nothing, when PostgreSQL answers."""
        self._store.level(GLOBAL)
        return {}

    def subjects(self) -> list[str]:
        """The names of all subjects."""
        return self._store.subjects()

    def versions(self, subject: str) -> list[int]:
        """The numbers of a subject's versions."""
        return [version.version for version in self._known(subject)]

    def version(self, subject: str, number: str) -> dict[str, Any]:
        """One version, or `latest`."""
        return _full(_pick(self._known(subject), number))

    def register(self, subject: str, body: SchemaBody) -> dict[str, int]:
        """Registers a schema; one that is there already keeps its id."""
        schema = _schema(body)
        level = self._level(subject)
        return {"id": self._store.register(subject, schema, lambda known: _admit(level, schema, known)).schema_id}

    def look_up(self, subject: str, body: SchemaBody) -> dict[str, Any]:
        """Which version of a subject this schema is."""
        schema = _schema(body)
        self._known(subject)
        version = self._store.find(subject, schema)
        if version is None:
            raise Trouble(SCHEMA_NOT_FOUND, "Schema not found")
        return _full(version)

    def schema(self, schema_id: int) -> dict[str, str]:
        """The schema of an id."""
        text = self._store.text(schema_id)
        if text is None:
            raise Trouble(SCHEMA_NOT_FOUND, f"Schema {schema_id} not found")
        return {"schema": text}

    def check(self, subject: str, number: str, body: SchemaBody, verbose: bool = False) -> dict[str, Any]:
        """Whether a schema could stand beside one version; with `verbose`, why not."""
        schema = _schema(body)
        held = _pick(self._known(subject), number)
        problems = fits(self._level(subject), schema, [held.schema])
        return {"is_compatible": not problems, **({"messages": list(problems)} if verbose else {})}

    def level(self) -> dict[str, str]:
        """The compatibility level of all subjects that have none of their own."""
        return {"compatibilityLevel": self._level(GLOBAL)}

    def set_level(self, body: LevelBody) -> dict[str, str]:
        """Sets that level."""
        return self.set_level_of(GLOBAL, body)

    def level_of(self, subject: str, defaultToGlobal: bool = False) -> dict[str, str]:
        """The compatibility level of a subject; its own only, unless asked otherwise."""
        level = self._level(subject) if defaultToGlobal else self._store.level(subject)
        if level is None:
            raise Trouble(LEVEL_NOT_FOUND, f"Subject '{subject}' has no compatibility level of its own")
        return {"compatibilityLevel": level}

    def set_level_of(self, subject: str, body: LevelBody) -> dict[str, str]:
        """Sets the level of a subject."""
        if body.compatibility not in LEVELS:
            raise Trouble(INVALID_LEVEL, f"Invalid compatibility level: choose one of {', '.join(LEVELS)}")
        self._store.set_level(subject, body.compatibility)
        return {"compatibility": body.compatibility}

    def _known(self, subject: str) -> tuple[Version, ...]:
        versions = self._store.versions(subject)
        if not versions:
            raise Trouble(SUBJECT_NOT_FOUND, f"Subject '{subject}' not found")
        return versions

    def _level(self, subject: str) -> str:
        return self._store.level(subject) or self._store.level(GLOBAL) or LEVELS[-1]


def build(store: SchemaStore) -> FastAPI:
    """The service as an ASGI application."""
    app = FastAPI(title="Wardlink schema registry", openapi_url=None, default_response_class=Answer)
    service = Service(store)
    for method, path, work in _routes(service):
        app.add_api_route(path, work, methods=[method], response_model=None)
    app.add_exception_handler(Trouble, _answer_trouble)
    app.add_exception_handler(RequestValidationError, _answer_bad_request)
    app.add_exception_handler(Unavailable, _answer_unavailable)
    return app


def serve(settings: Settings, worker: int) -> None:
    """Runs the service until SIGTERM; it lays its tables and registers the schemas of all topics first.

    Raises Refused when a schema of this release does not fit those that were registered before.
    """
    dsn = store_settings(settings, "registry_dsn").registry_dsn
    lay_registry(dsn)
    with pool(dsn, f"wardlink-registry-{worker}") as connections:
        store = SchemaStore(connections)
        register_topics(store)
        host, port = registry_listen(settings)
        uvicorn.run(build(store), host=host, port=port, log_level="warning", access_log=False, server_header=False)


def register_topics(store: SchemaStore) -> None:
    """Registers the schema of every topic; Refused when one does not fit."""
    service = Service(store)
    for topic in TOPICS:
        body = SchemaBody(schema=json.dumps(avro_files.load(topic.record.__name__)))
        try:
            service.register(topic.subject, body)
        except Trouble as trouble:
            raise Refused(f"{topic.subject}: {trouble.message}: see `wardlink schema check`") from trouble


def _routes(service: Service) -> tuple[tuple[str, str, Any], ...]:
    """The interface on one page: method, path, what it does."""
    return (
        ("GET", "/", service.health),
        ("GET", "/subjects", service.subjects),
        ("GET", "/subjects/{subject}/versions", service.versions),
        ("POST", "/subjects/{subject}/versions", service.register),
        ("GET", "/subjects/{subject}/versions/{number}", service.version),
        ("POST", "/subjects/{subject}", service.look_up),
        ("GET", "/schemas/ids/{schema_id}", service.schema),
        ("POST", "/compatibility/subjects/{subject}/versions/{number}", service.check),
        ("GET", "/config", service.level),
        ("PUT", "/config", service.set_level),
        ("GET", "/config/{subject}", service.level_of),
        ("PUT", "/config/{subject}", service.set_level_of),
    )


def _schema(body: SchemaBody) -> Any:
    """The schema of a request as JSON objects; our topics hold self-contained Avro only."""
    if body.kind != "AVRO" or body.references:
        raise Trouble(INVALID_SCHEMA, "Only self-contained Avro schemas are kept here")
    try:
        schema = json.loads(body.text)
    except ValueError:
        raise Trouble(INVALID_SCHEMA, "The schema is not JSON") from None
    for problem in is_schema(schema):
        raise Trouble(INVALID_SCHEMA, f"The schema {problem}")
    return schema


def _admit(level: str, schema: Any, known: tuple[Version, ...]) -> None:
    problems: Problems = fits(level, schema, [version.schema for version in known])
    if problems:
        raise Trouble(INCOMPATIBLE, f"The schema is incompatible with an earlier one ({level}): {'; '.join(problems)}")


def _pick(versions: tuple[Version, ...], number: str) -> Version:
    if number in (LATEST, "-1"):
        return versions[-1]
    if not number.isascii() or not number.isdigit() or int(number) == 0:
        raise Trouble(INVALID_VERSION, f"The version must be a number from 1 on, or '{LATEST}'")
    for version in versions:
        if version.version == int(number):
            return version
    raise Trouble(VERSION_NOT_FOUND, f"Version {number} not found")


def _full(version: Version) -> dict[str, Any]:
    return {"subject": version.subject, "id": version.schema_id, "version": version.version, "schema": version.text}


async def _answer_trouble(_: Request, error: Exception) -> Answer:
    trouble = cast(Trouble, error)
    return _error(trouble.code, trouble.message)


async def _answer_bad_request(_: Request, __: Exception) -> Answer:
    return _error(INVALID_BODY, "The request lacks something or holds something of a wrong type")


async def _answer_unavailable(_: Request, error: Exception) -> Answer:
    return _error(STORE_ERROR, str(error))


def _error(code: int, message: str) -> Answer:
    return Answer({"error_code": code, "message": message}, status_code=int(str(code)[:3]))
