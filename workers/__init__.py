"""Everything between a queued job and a finished one: queue, tables, datasets, training, workers."""
