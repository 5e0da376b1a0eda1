"""One borough of a month, built and written once for all tests that only read it."""

import pytest

from simulation.borough import Settings, World, build
from simulation.write import Manifest, write
from tests.simulation.reading import Written


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def world(settings: Settings) -> World:
    return build(settings)


@pytest.fixture(scope="session")
def manifest(world: World, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return write(world, tmp_path_factory.mktemp("borough"))


@pytest.fixture(scope="session")
def written(manifest: Manifest) -> Written:
    return Written(manifest.folder)
