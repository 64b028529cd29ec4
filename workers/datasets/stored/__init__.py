"""Prepared datasets: their file, its description, where it lies, and the name that it has."""
