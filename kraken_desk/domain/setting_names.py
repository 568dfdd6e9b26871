"""Names under which a profile keeps settings that more than one part of the program reads."""

LOCK_VERIFIER = "lock.verifier"
"""What proves the window's passphrase; empty or missing without one."""

LOCK_POLICY = "lock.policy"
"""When the window locks by itself, and whether the system's question unlocks it (`by_system`); JSON."""
