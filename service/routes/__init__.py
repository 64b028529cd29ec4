"""The endpoints: v1 is the project's own API, v2 the Open Inference Protocol, health is for probes."""
