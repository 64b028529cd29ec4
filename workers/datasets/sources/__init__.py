"""Where the files of datasets come from, and readers of the files as their makers publish them."""
