"""What keeps small answers and refusals cheap when more is asked than can be answered; see README.md."""
