"""Streams of events: one reader of the database for all who listen, and each event encoded once."""
