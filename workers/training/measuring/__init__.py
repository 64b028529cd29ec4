"""Measurements of a network and its training, one kind a module; none imports another."""
