"""The schema registry of the embedded stack: the Confluent REST interface on PostgreSQL, as far as Wardlink's and other
usual clients use it.

Production may run Apicurio or another registry in its place: nothing else in Wardlink knows which one it is.
"""

import json
from collections.abc import Sequence
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from schemas import avro_files
from schemas.compatibility import LEVELS, fits, is_schema
from schemas.errors import Unavailable
from schemas.topics import TOPICS
from store.database import pool
from store.registry import GLOBAL, SchemaStore, Version, lay_registry
from wardlink.settings import Settings, registry_listen, store_settings

SUBJECT_NOT_FOUND = 40401
VERSION_NOT_FOUND = 40402
SCHEMA_NOT_FOUND = 40403
LEVEL_NOT_FOUND = 40408
INCOMPATIBLE = 409
INVALID_SCHEMA = 42201
INVALID_VERSION = 42202
INVALID_LEVEL = 42203
STORE_ERROR = 50001

_CONNECTIONS = 4


class RegistryAnswer(JSONResponse):
    """An answer in the media type that clients ask for."""

    media_type = "application/vnd.schemaregistry.v1+json"


class Trouble(Exception):
    """An answer other than 200; the first three digits of `code` are its HTTP status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class SchemaBody(BaseModel):
    """A schema as clients send it."""

    schema_text: str
    schemaType: str = "AVRO"
    references: list[Any] = []


class LevelBody(BaseModel):
    """A compatibility level as clients send it."""

    compatibility: str
