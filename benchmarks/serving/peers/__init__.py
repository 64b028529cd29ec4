"""The servers people would take instead, written as their own documentation writes them."""
