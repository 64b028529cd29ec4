"""What follows from the numbers: plain data in, plain data out; no database and no HTTP."""
