"""The Spot venue: signing, wire format, errors and the gateway over them."""
