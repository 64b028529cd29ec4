"""The bodies of prediction requests and of their answers: what is read becomes uint8 pixels."""
