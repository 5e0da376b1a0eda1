"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): service requests of councils, asked over HTTP.

client     asks one service, politely, in JSON or XML          answer     what it answers, as flat records
windows    stretches of time, asked until nothing is missed    harvest    from the service to Kafka, resumable

`connectors.sources.open311` maps a record to a report, and reads answers that were saved to files.
"""
