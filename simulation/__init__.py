"""A borough with known truth: people, homes, events, and each agency's own files.

`borough.build(Settings(...))` lays out a town, its people and their problems; `write.write(world, folder)` lets a
month or a year go by and writes what each agency's own system would have exported, beside the truth. Everything is
invented: streets, postcodes, property numbers and people exist nowhere; only the place on the map is real.
"""
