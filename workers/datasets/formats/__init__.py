"""The formats in which a dataset can be uploaded or fetched, one a file."""
