"""The schema registry: what clients of the Confluent interface may rely on, against the real service and PostgreSQL."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from connectors.registry import Registry
from schemas import avro_files
from schemas.errors import Refused, Unavailable, Unfit
from schemas.topics import ALERTS, REPORTS_HOUSING, REPORTS_POLICE, TOPICS, Topic
from store.database import pool
from store.registry import SchemaStore, lay_registry
from store.settings import StoreSettings
from tests.conftest import wait_until
from wardlink.registry import build, register_topics

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


def record(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Sighting", "fields": list(fields)})


PLAIN = record({"name": "place", "type": "string"})
WIDER = record({"name": "place", "type": "string"}, {"name": "note", "type": "string", "default": ""})
CLASHING = record({"name": "place", "type": "string"}, {"name": "note", "type": "string"})


@contextmanager
def served(store: SchemaStore) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(build(store), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        wait_until(lambda: server.started, "the registry serves")
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def store(database: StoreSettings) -> Iterator[SchemaStore]:
    lay_registry(database.registry_dsn)
    with pool(database.registry_dsn, "registry-test") as connections:
        yield SchemaStore(connections)


@pytest.fixture
def url(store: SchemaStore) -> Iterator[str]:
    with served(store) as address:
        yield address


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"Content-Type": MEDIA_TYPE}) as client:
        yield client


def register(http: httpx.Client, schema: str, subject: str = "sightings-value") -> httpx.Response:
    return http.post(f"/subjects/{subject}/versions", json={"schema": schema})


def code_of(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error_code"]


def test_an_empty_registry_is_healthy_and_strict(http: httpx.Client) -> None:
    assert http.get("/").status_code == 200
    assert http.get("/subjects").json() == []
    assert http.get("/config").json() == {"compatibilityLevel": "FULL_TRANSITIVE"}


def test_every_answer_bears_the_media_type_of_the_interface(http: httpx.Client) -> None:
    answers = (http.get("/subjects"), http.get("/subjects/none/versions"), http.put("/config", json={}))
    assert {answer.headers["content-type"] for answer in answers} == {MEDIA_TYPE}


def test_registering_the_same_schema_again_gives_the_same_id(http: httpx.Client) -> None:
    first = register(http, PLAIN).json()
    spaced = json.dumps(json.loads(PLAIN), indent=4, sort_keys=True)
    assert register(http, spaced).json() == first
    assert http.get("/subjects/sightings-value/versions").json() == [1]


def test_one_schema_has_one_id_under_every_subject(http: httpx.Client) -> None:
    assert register(http, PLAIN, "a-value").json() == register(http, PLAIN, "b-value").json()
    assert http.get("/subjects").json() == ["a-value", "b-value"]


def test_a_compatible_schema_becomes_the_next_version(http: httpx.Client) -> None:
    first, second = register(http, PLAIN).json()["id"], register(http, WIDER).json()["id"]
    assert second != first
    latest = http.get("/subjects/sightings-value/versions/latest").json()
    assert (latest["version"], latest["id"], json.loads(latest["schema"])) == (2, second, json.loads(WIDER))
    assert http.get("/subjects/sightings-value/versions/1").json()["id"] == first
    assert json.loads(http.get(f"/schemas/ids/{first}").json()["schema"]) == json.loads(PLAIN)


def test_an_old_version_registered_again_stays_the_old_version(http: httpx.Client) -> None:
    first = register(http, PLAIN).json()
    register(http, WIDER)
    assert register(http, PLAIN).json() == first
    assert http.get("/subjects/sightings-value/versions").json() == [1, 2]


def test_an_incompatible_schema_is_refused_and_leaves_no_trace(http: httpx.Client) -> None:
    register(http, PLAIN)
    assert code_of(register(http, CLASHING)) == (409, 409)
    assert http.get("/subjects/sightings-value/versions").json() == [1]
    assert http.get("/schemas/ids/2").status_code == 404


def test_look_up_finds_the_version_of_a_schema(http: httpx.Client) -> None:
    schema_id = register(http, PLAIN).json()["id"]
    found = http.post("/subjects/sightings-value", json={"schema": PLAIN}).json()
    assert (found["subject"], found["version"], found["id"]) == ("sightings-value", 1, schema_id)


def test_what_is_not_there_has_the_codes_of_the_interface(http: httpx.Client) -> None:
    register(http, PLAIN)
    assert code_of(http.get("/subjects/none/versions")) == (404, 40401)
    assert code_of(http.post("/subjects/none", json={"schema": PLAIN})) == (404, 40401)
    assert code_of(http.get("/subjects/sightings-value/versions/7")) == (404, 40402)
    assert code_of(http.get("/schemas/ids/99")) == (404, 40403)
    assert code_of(http.post("/subjects/sightings-value", json={"schema": WIDER})) == (404, 40403)
    assert code_of(http.get("/config/sightings-value")) == (404, 40408)


@pytest.mark.parametrize("schema", ["not json", '{"type": "recrod"}', '{"type": "record", "name": "X"}', "7", "[1]"])
def test_what_is_no_schema_is_refused(http: httpx.Client, schema: str) -> None:
    assert code_of(register(http, schema)) == (422, 42201)


def test_other_kinds_of_schemas_are_refused(http: httpx.Client) -> None:
    body = {"schema": "{}", "schemaType": "JSON"}
    assert code_of(http.post("/subjects/a/versions", json=body)) == (422, 42201)


@pytest.mark.parametrize("number", ["0", "-2", "first"])
def test_a_version_that_is_no_number_is_refused(http: httpx.Client, number: str) -> None:
    register(http, PLAIN)
    assert code_of(http.get(f"/subjects/sightings-value/versions/{number}")) == (422, 42202)


@pytest.mark.parametrize(("schema", "fits"), [(PLAIN, True), (WIDER, True), (CLASHING, False)])
def test_compatibility_can_be_asked_without_registering(http: httpx.Client, schema: str, fits: bool) -> None:
    register(http, PLAIN)
    path = "/compatibility/subjects/sightings-value/versions/latest"
    answer = http.post(path, params={"verbose": "true"}, json={"schema": schema}).json()
    assert answer["is_compatible"] is fits
    assert bool(answer["messages"]) is not fits
    assert http.get("/subjects/sightings-value/versions").json() == [1]


def test_a_subject_may_be_held_less_strictly(http: httpx.Client) -> None:
    register(http, PLAIN)
    answer = http.put("/config/sightings-value", json={"compatibility": "FORWARD"})
    assert answer.json() == {"compatibility": "FORWARD"}
    assert http.get("/config/sightings-value").json() == {"compatibilityLevel": "FORWARD"}
    assert register(http, CLASHING).status_code == 200


def test_the_level_of_all_others_can_be_set_and_asked_through_a_subject(http: httpx.Client) -> None:
    http.put("/config", json={"compatibility": "BACKWARD"})
    answer = http.get("/config/sightings-value", params={"defaultToGlobal": "true"})
    assert answer.json() == {"compatibilityLevel": "BACKWARD"}


def test_an_unknown_level_is_refused(http: httpx.Client) -> None:
    assert code_of(http.put("/config", json={"compatibility": "SOMETIMES"})) == (422, 42203)


def test_many_who_register_at_once_get_one_id_each_schema(store: SchemaStore) -> None:
    schemas = [json.loads(record({"name": f"f{number % 5}", "type": "string"})) for number in range(40)]

    def give(number: int) -> tuple[int, int]:
        version = store.register(f"s{number % 5}", schemas[number], lambda known: None)
        return number % 5, version.schema_id

    with ThreadPoolExecutor(8) as threads:
        given = set(threads.map(give, range(40)))
    assert sorted(schema_id for _, schema_id in given) == [1, 2, 3, 4, 5]


def test_ids_survive_the_service(store: SchemaStore) -> None:
    register_topics(store)
    with served(store) as first, Registry(first) as registry:
        ids = {topic.name: registry.id_of(topic) for topic in TOPICS}
    register_topics(store)
    with served(store) as second, Registry(second) as registry:
        assert {topic.name: registry.id_of(topic) for topic in TOPICS} == ids


def test_the_client_registers_all_topics_and_repeating_it_changes_nothing(url: str, http: httpx.Client) -> None:
    with Registry(url) as registry:
        ids = registry.register_all(TOPICS)
        assert registry.register_all(TOPICS) == ids
    assert http.get(f"/config/{ALERTS.subject}").json() == {"compatibilityLevel": "FULL_TRANSITIVE"}
    assert set(http.get("/subjects").json()) == {topic.subject for topic in TOPICS}


def test_the_client_finds_ids_and_schemas(url: str) -> None:
    with Registry(url) as registry:
        ids = registry.register_all(TOPICS)
        assert registry.id_of(REPORTS_POLICE) == ids["asb.reports.police"] == registry.id_of(REPORTS_HOUSING)
        assert registry.schema(registry.id_of(ALERTS)) == avro_files.load("Alert")


def test_the_client_asks_once_only(url: str, store: SchemaStore) -> None:
    register_topics(store)
    asked: list[str] = []

    class Counting(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked.append(request.url.path)
            return super().handle_request(request)

    with Registry(url, Counting()) as registry:
        for _ in range(3):
            registry.schema(registry.id_of(ALERTS))
    assert len(asked) == 2


def test_a_producer_without_a_registered_schema_is_refused_with_the_remedy(url: str) -> None:
    with Registry(url) as registry, pytest.raises(Refused, match="wardlink schema register"):
        registry.id_of(ALERTS)


def test_the_client_is_refused_what_clashes(url: str, http: httpx.Client) -> None:
    register(http, record({"name": "other", "type": "string"}), ALERTS.subject)
    with Registry(url) as registry, pytest.raises(Refused, match="wardlink schema check"):
        registry.register_all([ALERTS])


def test_a_record_of_an_unknown_schema_is_unfit(url: str) -> None:
    with Registry(url) as registry, pytest.raises(Unfit, match="not in the registry"):
        registry.schema(12345)


def test_a_registry_that_is_away_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Registry(f"http://127.0.0.1:{port}") as registry, pytest.raises(Unavailable, match="away"):
        registry.id_of(ALERTS)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_registry_in_trouble_is_unavailable(status: int) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status))
    with Registry("http://registry", transport) as registry, pytest.raises(Unavailable, match=str(status)):
        registry.id_of(ALERTS)


def test_the_interface_may_lie_below_a_path_as_apicurios_does() -> None:
    asked: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path))
        return httpx.Response(200, json={"id": 3, "subject": "s", "version": 1, "schema": "{}"})

    with Registry("http://registry/apis/ccompat/v7/", httpx.MockTransport(answer)) as registry:
        assert registry.register_all([Topic("t", ALERTS.record, "a test")]) == {"t": 3}
        registry.schema(3)
    root = "/apis/ccompat/v7"
    assert asked == [
        ("POST", f"{root}/subjects/t-value/versions"),
        ("PUT", f"{root}/config/t-value"),
        ("GET", f"{root}/schemas/ids/3"),
    ]


def test_postgresql_away_is_told_as_a_store_error(database: StoreSettings) -> None:
    lay_registry(database.registry_dsn)
    closed = pool(database.registry_dsn, "registry-test")
    closed.close()
    with served(SchemaStore(closed)) as address:
        assert code_of(httpx.get(f"{address}/subjects")) == (500, 50001)
