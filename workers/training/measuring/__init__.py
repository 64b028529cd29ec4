"""What is measured of a network: scores, calibration, gradient flow, size, time and latency."""
