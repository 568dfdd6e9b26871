"""The gateways against the local exchange, over HTTP."""
