"""Connections: HTTP/1.0 is understood, and what arrives too slowly or without end is refused."""
