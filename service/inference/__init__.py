"""From images to probabilities: loaded models, batches, admission, and where the time went."""
