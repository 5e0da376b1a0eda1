"""Servers for the whole run, and an empty place of each kind for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.collect.sites import FolderSite, S3Server, SftpServer, Site, running_s3


@pytest.fixture(scope="session")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    """An SFTP server of asyncssh."""
    with SftpServer(tmp_path_factory.mktemp("sftp")).running() as server:
        yield server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3-compatible server of moto."""
    with running_s3() as server:
        yield server


@pytest.fixture(params=["folder", "sftp", "s3"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    """An empty place of each kind."""
    if request.param == "folder":
        return FolderSite(tmp_path / "incoming")
    server: SftpServer | S3Server = request.getfixturevalue(request.param)
    return server.site()
