"""Whatever the OpenAPI document allows, and whatever it forbids: no 5xx, and no answer that it does not name."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from connectors.push.interface import document
from connectors.push.limits import Limits
from tests.connectors.push.conftest import House

UNMEASURED = Limits(items_per_minute=10**9)
OPERATIONS = [
    (path, method.upper(), mode)
    for path, methods in document(UNMEASURED)["paths"].items()
    for method, told in methods.items()
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or {"parameters", "requestBody"} & set(told)
]
"""Every operation by the document, and against it where it asks for anything."""

load_all_checks()
HELD = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "unsupported_method",
    ]
)
SEEDED = settings(
    max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
LONG = settings(SEEDED, max_examples=2_000, derandomize=False)

each_operation = pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)


def hold(house: House, path: str, method: str, mode: GenerationMode, how: settings) -> None:
    """Makes requests of one operation, and holds each answer to the document."""
    with house.open(UNMEASURED) as client:
        schema = schemathesis.openapi.from_url(f"{client.base_url}/v1/openapi.json".replace("//v1", "/v1"))

        @how
        @given(case=schema[path][method].as_strategy(generation_mode=mode))
        def answers_as_documented(case: Any) -> None:
            case.call_and_validate(base_url=str(client.base_url), headers=house.bearer(), checks=HELD)

        answers_as_documented()


@each_operation
def test_every_answer_is_documented(house: House, path: str, method: str, mode: GenerationMode) -> None:
    hold(house, path, method, mode, SEEDED)


@pytest.mark.long
@each_operation
def test_every_answer_is_documented_whatever_is_asked(
    house: House, path: str, method: str, mode: GenerationMode
) -> None:
    hold(house, path, method, mode, LONG)
