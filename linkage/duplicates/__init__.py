"""Requests told twice: the rows of a city's file, ranked for each other by the weight of being one matter.

The scorer, the sums of whole millibits and the bands are those of live linking; levels and weights are learnt from
duplicates that a city's own staff marked. A model is one readable file (linkage/models/duplicates).
"""
