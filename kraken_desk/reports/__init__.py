"""Reports rendered from plain values: pure functions; imports the domain only."""
