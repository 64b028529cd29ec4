"""What goes wrong meanwhile, one fault a file: `strike(world)` begins it and returns when it is over."""
