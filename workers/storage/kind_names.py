"""The kinds of job that code beside them knows; all kinds are the files of `workers/kinds`."""

TRAIN = "train"
FETCH = "fetch"
UPLOAD = "upload"
CHECKS = "checks"
LATENCY = "latency"
QUANTISE = "quantise"
FEATURES = "features"
