"""The mathematics of tests and intervals, on numbers alone: nothing here knows architectures or images."""
