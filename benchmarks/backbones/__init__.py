"""Features of a backbone by this project and by a plain script, each a program that prints its rate."""
