"""How long a model takes: cells of a latency table, and how busy the machine was meanwhile."""
