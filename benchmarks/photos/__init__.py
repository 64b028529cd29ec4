"""Photographs sent for predictions: how many a second, and who waits meanwhile; see __main__.py."""
