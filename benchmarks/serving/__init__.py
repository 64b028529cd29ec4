"""make bench-serving: the service beside other servers, and without each part of `service.overload`."""
