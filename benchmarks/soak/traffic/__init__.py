"""What clients do, one kind a file: `act(world)` is done again and again, `PAUSE` seconds apart."""
