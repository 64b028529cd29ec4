"""The seed with which images of a dataset are chosen, for a split or a sample.

It is fixed: every job of every comparison sees the same split, every network is evaluated on the same
sample, and the same dataset gets the same findings.
"""

SEED = 20_220_401
