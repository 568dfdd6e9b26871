"""A Kraken on loopback: shares no code with the client and imports nothing else of kraken_desk."""
