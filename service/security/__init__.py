"""Who may do what, and how often: API keys, their scopes and their rate limits."""
