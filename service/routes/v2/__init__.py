"""The Open Inference Protocol for the clients of Triton and KServe; app.py includes each `router`."""
