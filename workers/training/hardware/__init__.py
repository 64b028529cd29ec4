"""What makes training fast on a device, each trick held to plain torch by a test; see README.md."""
