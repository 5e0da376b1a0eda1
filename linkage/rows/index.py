"""Rows in, rows out, and their partition: a function of the rows that are there, in whatever order they came."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from linkage.digests import DIGEST_BYTES
from linkage.graph import Graph
from linkage.nodes import Node
from linkage.partition import Partition
from linkage.postings import Postings
from linkage.rows.blocking import RowBlocks
from linkage.rows.comparing import Aliases, Level, compare_field, day, further, plain, postcode, slot, words
from linkage.rows.model import Compared, RowModel
from linkage.rows.reading import Reader
from linkage.rows.values import Row
from linkage.scoring import Comparing, Scorer


class RowBlockIndex:
    """Finds the rows' nodes that share a block; `compared` counts them."""

    __slots__ = ("_blocks", "_postings", "compared")

    def __init__(self, blocks: RowBlocks) -> None:
        self._blocks = blocks
        self._postings: Postings[Row] = Postings()
        self.compared = 0

    def file(self, node: Node[Row]) -> Iterable[Node[Row]]:
        """Put a node into its blocks; the nodes that share one with it."""
        found = self._postings.file(node, self._blocks.keys(node.value))
        self.compared += len(found)
        return found

    def unfile(self, node: Node[Row]) -> None:
        """Take a node out of its blocks."""
        self._postings.unfile(node, self._blocks.keys(node.value))


class RowIndex:
    """The rows of one file, linked. Rows that compare alike with everything share a node, if they tell enough."""

    __slots__ = ("_at", "_clusters", "_graph", "_nodes", "_reader", "_secret", "blocks")

    def __init__(self, model: RowModel, secret: bytes = b"") -> None:
        self._reader = Reader(model)
        self._secret = secret
        self.blocks = RowBlockIndex(RowBlocks(model))
        self._graph = Graph(Scorer(model.graph, row_comparing(model)), self.blocks)
        self._nodes: dict[bytes, Node[Row]] = {}
        self._at: dict[str, Node[Row]] = {}
        self._clusters = 0

    def put(self, row_id: str, texts: Mapping[str, str | None]) -> None:
        """Take in a row; one of an id that is there replaces it."""
        if row_id in self._at:
            self.withdraw(row_id)
        node = self._node(row_id, self._reader.row(texts))
        is_new = not node.members
        node.admit(row_id)
        self._at[row_id] = node
        if is_new:
            self._graph.add(node)

    def withdraw(self, row_id: str) -> None:
        """Take a row out; an id that is not there has no effect."""
        node = self._at.pop(row_id, None)
        if node is None:
            return
        node.dismiss(row_id)
        if not node.members:
            self._graph.remove(node)
            del self._nodes[node.digest]

    def settle(self) -> None:
        """Cluster what changed since the last call."""
        for cluster in self._graph.settle().clusters:
            self._clusters += 1
            for node in cluster:
                node.cluster = self._clusters

    def partition(self) -> Partition:
        """The clusters, each a sorted tuple of ids, sorted."""
        self.settle()
        found: dict[int, list[str]] = {}
        for node in self._nodes.values():
            found.setdefault(node.cluster, []).extend(node.members)
        return tuple(sorted(tuple(sorted(members)) for members in found.values()))

    def components(self) -> Iterator[list[str]]:
        """The sets of rows that edges hold together, each row by its smallest id; rows that stand alone left out."""
        self.settle()
        seen: dict[int, list[Node[Row]]] = {}
        for node in self._nodes.values():
            if node.component is not None:
                seen[id(node.component)] = node.component.members
        for members in seen.values():
            yield [node.label() for node in members]

    def _node(self, row_id: str, row: Row) -> Node[Row]:
        key = self._key(row.text()) if self._tells_enough(row) else self._key(row.text(), row_id)
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(row, key)
        return node

    def _tells_enough(self, row: Row) -> bool:
        """Whether two rows that say just this are one, on that evidence alone."""
        scorer = self._graph.scorer
        return scorer.weigh(row, row) >= max(scorer.model.thresholds.cut, scorer.model.thresholds.weak)

    def _key(self, *parts: str) -> bytes:
        return blake2b("\x1e".join(parts).encode(), digest_size=DIGEST_BYTES, key=self._secret).digest()


def row_comparing(model: RowModel) -> Comparing[Row]:
    """Every comparison of the model by its name."""
    return Comparing(
        functions={each.name: compare_field(each.place, _level(each, model)) for each in model.compared},
        needs={each.name: 1 << each.place for each in model.compared},
        either=0,
    )


def _level(compared: Compared, model: RowModel) -> Level:
    aliases = model.tables.aliases.get(compared.name, {})
    if compared.kind in ("first_name", "last_name"):
        return slot(compared.kind == "first_name", *_slot_aliases(compared.place, model))
    if compared.kind == "postcode":
        return postcode(aliases)
    if compared.kind == "words":
        return words(aliases)
    kinds: dict[str, Level] = {"further_names": further, "date": day, "plain": plain}
    return kinds[compared.kind]


def _slot_aliases(place: int, model: RowModel) -> tuple[Aliases, Aliases]:
    named = {each.kind: each.name for each in model.compared if each.place == place}
    tables = model.tables.aliases
    return tables.get(named.get("first_name", ""), {}), tables.get(named.get("last_name", ""), {})
