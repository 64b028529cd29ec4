"""Decoders of image files, one concern a file; `workers.datasets.images.image_file` is the entry to them."""
