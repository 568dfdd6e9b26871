"""Use cases: what Kraken Desk does, async and free of Qt; the only callers of the ports.

Imports `domain` and the standard library. Runs on the one event loop (Qt's in the window, plain
asyncio in the command line).
"""
