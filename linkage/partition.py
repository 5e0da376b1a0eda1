"""Partitions: what an index says is the same, as sorted tuples of sorted member ids, to be held against others."""

from linkage.index import AreaIndex

Partition = tuple[tuple[str, ...], ...]


def incidents(index: AreaIndex) -> Partition:
    """The reports of each incident."""
    found = {str(index.incident_of(report_id)) for report_id in index.reports()}
    return tuple(sorted(index.reports_of_incident(incident_id) for incident_id in found))


def persons(index: AreaIndex) -> Partition:
    """The mentions of each person."""
    found = {str(index.person_of(mention_id)) for mention_id in index.mentions()}
    return tuple(sorted(index.mentions_of_person(person_id) for person_id in found))
