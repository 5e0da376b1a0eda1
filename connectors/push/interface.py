"""The interface for machines: an OpenAPI 3.1 document made of the models of what is taken and answered."""

import re
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from connectors.push.access import PARTNER_HEADER, SIGNED_HEADERS
from connectors.push.answers import PROBLEM, BatchAnswer, Problem, ReceiptAnswer
from connectors.push.events import BATCH, EVENT, JSON, JSON_API, ReportEvent, WithdrawalEvent
from connectors.push.limits import Limits

RECEIPT = re.compile(r"[0-9a-f]{32}")

_MODELS = (ReportEvent, WithdrawalEvent, ReceiptAnswer, BatchAnswer, Problem)
_IN_COMPONENTS = "#/components/schemas/{model}"
_SECURITY: list[dict[str, list[str]]] = [{"signature": [], "partner": []}, {"key": []}]
_PROBLEMS = {
    400: "It is no JSON, or not of the shape that its media type says.",
    401: "Neither a signature nor an API key of a partner.",
    404: "Your agency has no such receipt.",
    408: "The body took too long.",
    409: "The signature was used before; or the event's source and id were, for another event.",
    413: "The body, or the batch, is too large.",
    415: "Another media type.",
    422: "The event breaks a rule, which `mistakes` name.",
    429: "Too many items in a minute.",
    503: "Kafka or PostgreSQL are away: nothing was taken; send the same again.",
}
_RETRY = {"Retry-After": {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
_RESOURCE: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "attributes": {"type": "object"}},
}
_SDM: dict[str, Any] = {
    "type": "object",
    "description": "JSON:API, one resource of type incident, in the police Standard Data Model.",
    "required": ["data"],
    "properties": {
        "data": {
            **_RESOURCE,
            "required": ["id", "type"],
            "properties": {
                **_RESOURCE["properties"],
                "id": {"type": "string", "minLength": 1},
                "type": {"const": "incident"},
                "relationships": {"type": "object"},
            },
        },
        "included": {"type": "array", "items": _RESOURCE},
    },
}
_ABOUT = f"""
Sign each request by Standard Webhooks: `{PARTNER_HEADER}` names the partner, `{SIGNED_HEADERS[0]}` the message,
`{SIGNED_HEADERS[1]}` the seconds since 1970, `{SIGNED_HEADERS[2]}` is `v1,` and the base64 of HMAC-SHA256 over
`id.timestamp.body`. Or send an API key. Times of signatures are good for five minutes, and each for one request.
"""


def document(limits: Limits) -> dict[str, Any]:
    """The OpenAPI document of a service with these limits."""
    _, schemas = models_json_schema([(model, "validation") for model in _MODELS], ref_template=_IN_COMPONENTS)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wardlink: partner systems push", "version": version("wardlink"), "description": _ABOUT},
        "paths": {
            "/v1/reports": {"post": _reports(limits)},
            "/v1/incidents/sdm": {"post": _incidents()},
            "/v1/receipts/{receipt}": {"get": _receipts()},
            "/v1/openapi.json": {"get": _openapi()},
            "/health": {"get": _health()},
        },
        "components": {"schemas": schemas["$defs"], "securitySchemes": _security_schemes()},
    }


def _reports(limits: Limits) -> dict[str, Any]:
    event = {"oneOf": [_ref("ReportEvent"), _ref("WithdrawalEvent")]}
    batch = {"type": "array", "items": event, "maxItems": limits.max_items}
    taken = {"anyOf": [_ref("ReceiptAnswer"), _ref("BatchAnswer")]}
    return {
        "operationId": "push_reports",
        "summary": "Push reports: one CloudEvent, or a batch",
        "security": _SECURITY,
        "requestBody": {"required": True, "content": {EVENT: {"schema": event}, BATCH: {"schema": batch}}},
        "responses": {
            "202": _answer("Kafka has acknowledged what was published; of a batch, every item says its own.", taken),
            **_problems(400, 401, 408, 409, 413, 415, 422, 429, 503),
        },
    }


def _incidents() -> dict[str, Any]:
    document = {"schema": _SDM}
    return {
        "operationId": "push_incident",
        "summary": "Push an incident of the police Standard Data Model (Single Online Home)",
        "security": _SECURITY,
        "requestBody": {"required": True, "content": {JSON: document, JSON_API: document}},
        "responses": {
            "202": _answer("Kafka has acknowledged it.", _ref("ReceiptAnswer")),
            **_problems(400, 401, 408, 409, 413, 415, 422, 429, 503),
        },
    }


def _receipts() -> dict[str, Any]:
    name = {
        "name": "receipt",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    }
    return {
        "operationId": "follow_receipt",
        "summary": "How far an event has come",
        "security": _SECURITY,
        "parameters": [name],
        "responses": {
            "200": _answer("What is known of it now.", _ref("ReceiptAnswer")),
            **_problems(400, 401, 404, 408, 409, 413, 429, 503),
        },
    }


def _openapi() -> dict[str, Any]:
    return {
        "operationId": "read_interface",
        "summary": "This document",
        "responses": {"200": _answer("OpenAPI 3.1.", {"type": "object"})},
    }


def _health() -> dict[str, Any]:
    working = {"type": "object", "properties": {"state": {"const": "working"}}, "required": ["state"]}
    return {
        "operationId": "ask_health",
        "summary": "Whether events are taken just now",
        "responses": {"200": _answer("They are.", working), **_problems(503)},
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {str(status): _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    told = {"description": _PROBLEMS[status], "content": {PROBLEM: {"schema": _ref("Problem")}}}
    return {**told, "headers": _RETRY} if status in (429, 503) else told


def _ref(model: str) -> dict[str, str]:
    return {"$ref": _IN_COMPONENTS.format(model=model)}


def _security_schemes() -> dict[str, Any]:
    return {
        "signature": {"type": "apiKey", "in": "header", "name": SIGNED_HEADERS[2], "description": "Standard Webhooks."},
        "partner": {"type": "apiKey", "in": "header", "name": PARTNER_HEADER, "description": "Who has signed."},
        "key": {"type": "http", "scheme": "bearer", "description": "An API key, shown once when it was made."},
    }
