"""A property gazetteer, and the addresses that people write held against it: which property is meant, and how surely.

An address is first a building (words, numbers, postcode), then a dwelling in it; both weigh in bits, and what is
accepted must be better than the next building by a gap (linkage/models/gazetteer.yaml).
"""
