"""docs/topology.md, printed from streams/topology.py, schemas/topics.py and the migrations."""

from collections.abc import Iterator, Sequence

from schemas.topics import TOPICS, Topic
from streams.topology import DATABASES, TOPOLOGY, Node, tables, writes

_HEAD = """# Topology

Printed from code by `python -m docs`: streams/topology.py, schemas/topics.py and the migrations. Every topic has the
same number of partitions, and the area as its key, so that one worker of `resolve` owns an area across all of them.
"""


def text() -> str:
    """The whole page."""
    return "\n".join((_HEAD, *_picture(), "", *_topics(), "", *_nodes(), "", *_tables(), ""))


def _picture() -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart LR"
    for topic in TOPICS:
        yield f"    {_id(topic)}[/{topic.name}/]"
    for node in TOPOLOGY:
        yield f"    {node.name}({node.name})"
        yield from (f"    {_id(topic)} --> {node.name}" for topic in node.takes)
        yield from (f"    {node.name} --> {_id(topic)}" for topic in node.gives)
        if writes(node):
            yield f"    {node.name} --- store[(PostgreSQL)]"
    yield "```"


def _topics() -> Iterator[str]:
    yield "## Topics"
    yield ""
    yield "| topic | record | kept | given by | taken by | purpose |"
    yield "|---|---|---|---|---|---|"
    for topic in TOPICS:
        given = _names([node for node in TOPOLOGY if topic in node.gives])
        taken = _names([node for node in TOPOLOGY if topic in node.takes])
        kept = f"{topic.retention_days} days"
        yield f"| `{topic.name}` | {topic.record.__name__} | {kept} | {given} | {taken} | {topic.purpose} |"


def _nodes() -> Iterator[str]:
    yield "## Roles and commands"
    yield ""
    yield "| | does | writes |"
    yield "|---|---|---|"
    for node in TOPOLOGY:
        yield f"| **{node.name}** | {node.does} | {_code(writes(node))} |"


def _tables() -> Iterator[str]:
    yield "## Tables"
    yield ""
    yield "| database | tables |"
    yield "|---|---|"
    for database in DATABASES:
        yield f"| {database} | {_code(sorted(tables(database)))} |"


def _id(topic: Topic) -> str:
    return topic.name.replace(".", "_")


def _names(nodes: Sequence[Node]) -> str:
    return ", ".join(node.name for node in nodes) or "—"


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
