"""Opens sealed reports in memory and seals them again for the store; nothing opened is ever written or logged."""

from collections.abc import Callable
from dataclasses import dataclass, field

from linkage.changes import Put
from linkage.features import ReportFeatures
from linkage.packing import pack as pack_features
from linkage.packing import unpack as unpack_features
from linkage.standardise import standardise
from schemas.records import AgencyUpdate, Place, Quarantined, Report, ReportDetail
from schemas.released import unpack
from schemas.vocabulary import Kind
from store.rows import ReportKeyRow
from streams.quality_facts import quality_facts
from vault.reports import FeatureSeal, ReportKey
from vault.seal import Opener

_KEY_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Opened:
    """A report while it is open: what linking and sharing need (nothing, of published statistics), and what the store
    keeps of it, sealed again. `packed` are the features in the bytes that are sealed, where they are kept.
    """

    report: Report
    features: ReportFeatures | None
    packed: bytes | None
    places: tuple[Place, ...]
    facts: list[str]
    key_id: bytes | None
    sealed_detail: bytes | None
    sealed_features: bytes | None


@dataclass(slots=True)
class Desk:
    """Where reports are opened; `keys` gathers the new keys of a batch until they are stored."""

    opener: Opener
    feature_seal: FeatureSeal
    random: Callable[[int], bytes]
    keys: list[ReportKeyRow] = field(default_factory=list)

    def open_report(self, report: Report, linked: bool) -> Opened:
        """Opens one report; `linked` says whether its features are kept for linking. Raises Unfit."""
        detail, plain = self._detail(report)
        features = None if report.kind is Kind.PUBLIC_STATISTICS else standardise(report, detail)
        packed = pack_features(features) if features and linked else None
        key_id, sealed = self.seal(report.area, report.report_id, plain)
        return Opened(
            report=report,
            features=features,
            packed=packed,
            places=report.open_places if detail is None else (*report.open_places, *detail.places),
            facts=quality_facts(report, detail),
            key_id=key_id,
            sealed_detail=sealed,
            sealed_features=self._seal_features(report, packed) if packed else None,
        )

    def reseal_update(self, update: AgencyUpdate) -> tuple[bytes | None, bytes | None]:
        """Key id and newly sealed detail of an agency update; (None, None) when it has none. Raises Unfit."""
        if update.detail is None:
            return None, None
        plain = self.opener.open(update.area, update.update_id, update.detail)
        return self.seal(update.area, update.update_id, plain)

    def reseal_original(self, quarantined: Quarantined) -> tuple[bytes | None, bytes | None]:
        """Key id and newly sealed original of a connector's reject; (None, None) when it has none. Raises Unfit."""
        if quarantined.original is None:
            return None, None
        plain = self.opener.open(quarantined.area, quarantined.quarantine_id, quarantined.original, "original")
        return self.seal(quarantined.area, quarantined.quarantine_id, plain)

    def seal(self, area: str, of: str, plain: bytes | None) -> tuple[bytes | None, bytes | None]:
        """Seals bytes under a fresh random key: (key id, sealed bytes)."""
        if plain is None:
            return None, None
        key_id, key = self.random(_KEY_ID_BYTES), ReportKey.new(self.random)
        self.keys.append(ReportKeyRow(key_id, key.key, area))
        return key_id, key.seal(f"{area}\n{of}".encode(), plain)

    def open_put(self, area: str, report_id: str, sealed: bytes) -> Put:
        """A stored report as linking takes it back: its standardised features, with the bytes that hold them."""
        packed = self.feature_seal.open(area, report_id.encode(), sealed)
        return Put(unpack_features(packed), packed)

    def standardise_again(self, report: Report, sealed: bytes | None, key: bytes | None) -> tuple[Put, bytes]:
        """A stored report with the detail that lies sealed under its key: (as linking takes it, its sealed features).

        Where the key is gone, so is what it sealed: the report has no persons any more.
        """
        name = f"{report.area}\n{report.report_id}".encode()
        opened = unpack(ReportDetail, ReportKey(key).open(name, sealed)) if sealed and key else None
        features = standardise(report, opened)
        packed = pack_features(features)
        return Put(features, packed), self._seal_features(report, packed)

    def take_keys(self) -> list[ReportKeyRow]:
        """The keys gathered since the last call."""
        keys, self.keys = self.keys, []
        return keys

    def _detail(self, report: Report) -> tuple[ReportDetail | None, bytes | None]:
        if report.detail is None:
            return None, None
        plain = self.opener.open(report.area, report.report_id, report.detail)
        return unpack(ReportDetail, plain), plain

    def _seal_features(self, report: Report, packed: bytes) -> bytes:
        return self.feature_seal.seal(report.area, report.report_id.encode(), packed)
