"""The police Standard Data Model: a JSON:API document of one incident, as the iHub sends it from Single Online Home.

`report_of` (connectors.sdm.report) is the one way from a parsed document to a report; files and the push API share it.
"""
