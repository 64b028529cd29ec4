"""Backup and restore of a data folder: database and files as of one moment, in one tar with a manifest."""
