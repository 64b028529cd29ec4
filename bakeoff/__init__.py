"""What scripts, notebooks and the shell use: the HTTP client and the `bakeoff` command."""
