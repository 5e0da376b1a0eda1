"""Linking the rows of a file by a model in which columns, comparisons, blocks and tables are data.

The graph, the postings, the clusterer and the scorer are those of the live path (linkage.graph); only what a record
is, and how two are compared, comes from the model file. Rows go in one by one and may be withdrawn again.
"""
