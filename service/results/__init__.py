"""Rows and artifacts, read as the plain data that analysis, charts and reports take."""
