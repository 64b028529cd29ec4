"""From images to probabilities: request bodies, loaded models, batches, admission control, counters."""
