"""Requests over HTTP: addresses, pages, streams of events, and when a request is sent again."""
