"""The command line: the window's twin over the same services.

Imports `domain`, `services`, `reports` and click; adapters reach it as finished services. Runs
under plain asyncio. Plain words of `run` are read without either.
"""
