"""Partner systems push: reports over HTTP, mapped, placed, sealed and published by the contract of file connectors.

service     the interface on one page          FastAPI
access      who is asking                      Standard Webhooks signatures, API keys
events      CloudEvents, one or a batch        form: what a partner writes · draft: what it becomes
counter     one thread that settles events     settle: receipts, Kafka, the connector's state
"""
