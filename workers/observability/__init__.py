"""What those who run Bakeoff see of it: log lines and traces, each with the request that it is about."""
