"""Where bytes come from, and the formats they come in."""
