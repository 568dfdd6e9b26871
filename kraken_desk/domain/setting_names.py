"""Names under which a profile keeps settings that more than one part of the program reads."""

LOCK_VERIFIER = "lock.verifier"
"""What proves the window's passphrase; empty or missing without one."""
