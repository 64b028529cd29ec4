"""From an archive to a prepared dataset: images are measured, split, decoded in processes and written."""
