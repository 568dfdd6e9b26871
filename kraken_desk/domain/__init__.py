"""Plain values and rules: what Kraken Desk knows, without I/O, clock, event loop or Qt.

Imports the standard library only. Everything here is immutable, so a snapshot can cross
threads, be compared, and be drawn without a lock.
"""
