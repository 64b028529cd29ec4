"""What outlives a process: the database, artifacts, checkpoints, metrics, models and API keys."""
