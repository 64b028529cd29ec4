"""The Open Inference Protocol for the clients of Triton and KServe; each file has a `router`."""
