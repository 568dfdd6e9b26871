"""Use cases over the ports: asynchronous, without Qt; imports the domain only."""
