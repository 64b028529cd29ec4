"""What follows from results, such as tests and verdicts: plain data in, plain data out."""
