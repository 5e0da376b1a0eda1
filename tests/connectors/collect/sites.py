"""Real places for files: a folder, an SFTP server and an S3-compatible server, each seen from the supplier's side."""

import asyncio
import atexit
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import asyncssh
import boto3
import httpx
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from connectors.collect.account import Account, S3Account, SftpAccount
from connectors.collect.feed import Bucket, Folder, Sftp, Where

USER, PASSWORD = "wardlink", "a-pass-for-sftp"
REGION = "eu-west-2"


class Site(ABC):
    """One empty place and how a supplier sees it; paths are relative to it."""

    where: Where
    account: Account | None = None

    @abstractmethod
    def put(self, path: str, content: bytes) -> None:
        """Delivers a file."""

    def put_many(self, names: Iterable[str]) -> None:
        """Delivers many small files."""
        for name in names:
            self.put(name, b"x")

    @abstractmethod
    def read(self, path: str) -> bytes:
        """A file's bytes."""

    @abstractmethod
    def names(self, folder: str = "") -> set[str]:
        """The files right in a folder."""


class FolderSite(Site):
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.where: Where = Folder(folder)

    def put(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def names(self, folder: str = "") -> set[str]:
        found = self.folder / folder
        return {one.name for one in found.iterdir() if one.is_file()} if found.is_dir() else set()


class SftpSite(FolderSite):
    """A folder that an SFTP server shows."""

    def __init__(self, server: "SftpServer", folder: str) -> None:
        super().__init__(server.root / folder)
        self.where = Sftp("127.0.0.1", server.port, USER, f"/{folder}", (server.host_key,))
        self.account: Account | None = SftpAccount(password=PASSWORD)


class S3Site(Site):
    """A prefix of a bucket."""

    def __init__(self, server: "S3Server", prefix: str) -> None:
        self.where: Where = Bucket(server.bucket, prefix)
        self.account: Account | None = server.account
        self._client, self._bucket, self._prefix = server.client, server.bucket, prefix

    def put(self, path: str, content: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=f"{self._prefix}/{path}", Body=content)

    def put_many(self, names: Iterable[str]) -> None:
        """Not by its own door, which is slow."""
        backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        for name in names:
            backend.put_object(self._bucket, f"{self._prefix}/{name}", b"x")

    def read(self, path: str) -> bytes:
        found: bytes = self._client.get_object(Bucket=self._bucket, Key=f"{self._prefix}/{path}")["Body"].read()
        return found

    def names(self, folder: str = "") -> set[str]:
        prefix = f"{self._prefix}/{folder}/" if folder else f"{self._prefix}/"
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, Delimiter="/"
        )
        return {one["Key"].removeprefix(prefix) for page in pages for one in page.get("Contents", [])}


class _Login(asyncssh.SSHServer):
    """Lets the user in by the password or a known key, and counts who tried."""

    def __init__(self, server: "SftpServer") -> None:
        self._server = server

    def begin_auth(self, username: str) -> bool:
        self._server.logins.append(username)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key.public_data in self._server.keys


@dataclass
class SftpServer:
    """An SFTP server on a thread of this process. `logins` holds the user of each attempt to log in."""

    root: Path
    port: int = 0
    host_key: str = ""
    logins: list[str] = field(default_factory=list)
    keys: set[bytes] = field(default_factory=set)
    handler: type[asyncssh.SFTPServer] = asyncssh.SFTPServer
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def site(self) -> SftpSite:
        """A new folder of it."""
        return SftpSite(self, f"feed-{next(self._numbers)}")

    @contextmanager
    def running(self) -> Iterator["SftpServer"]:
        """Runs it for the block, on a free port."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = key.export_public_key().decode().strip()
        listening: Future[Any] = asyncio.run_coroutine_threadsafe(self._listen(key), loop)
        listener = listening.result(30)
        self.port = listener.get_port()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(_end(listener), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _listen(self, key: asyncssh.SSHKey) -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[key],
            server_factory=lambda: _Login(self),
            sftp_factory=lambda channel: self.handler(channel, chroot=os.fsencode(self.root)),
        )


async def _end(listener: Any) -> None:
    """Closes the server and lets what it was doing come to its end."""
    listener.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass
class S3Server:
    """An S3-compatible server on a thread of this process, which checks keys and signatures."""

    endpoint: str
    account: S3Account
    client: Any
    bucket: str = "feeds"
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def site(self) -> S3Site:
        """A new prefix of its bucket."""
        return S3Site(self, f"asb/feed-{next(self._numbers)}")


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """The S3-compatible server of this process, on a free port; moto keeps one state for all servers of a process."""
    yield _s3_of_this_process()


@cache
def _s3_of_this_process() -> S3Server:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    atexit.register(server.stop)
    _, port = server.get_host_and_port()
    return _with_user(f"http://127.0.0.1:{port}")


def _with_user(endpoint: str) -> S3Server:
    """Makes a bucket and a user who may use it, and lets nobody else in."""
    anybody = {"aws_access_key_id": "anybody", "aws_secret_access_key": "anything"}
    where = {"endpoint_url": endpoint, "region_name": REGION}
    boto3.client("s3", **where, **anybody).create_bucket(
        Bucket="feeds", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    iam = boto3.client("iam", **where, **anybody)
    iam.create_user(UserName=USER)
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    iam.put_user_policy(UserName=USER, PolicyName="feeds", PolicyDocument=policy)
    made = iam.create_access_key(UserName=USER)["AccessKey"]
    httpx.post(f"{endpoint}/moto-api/reset-auth", content=b"0").raise_for_status()
    account = S3Account(made["AccessKeyId"], made["SecretAccessKey"], endpoint, REGION)
    keys = {"aws_access_key_id": account.access_key, "aws_secret_access_key": account.secret_key}
    return S3Server(endpoint, account, boto3.client("s3", **where, **keys))
