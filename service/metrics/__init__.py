"""What the service counts: shown to Prometheus, and sent by OpenTelemetry where that is asked for."""
