"""Latency tables: the rows, and the load of the machine while they were measured."""
