"""Tests of the Kraken adapter: rules on fakes, the transport on real loopback sockets."""
