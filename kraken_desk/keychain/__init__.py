"""The operating system's keychain: keyring lives here and nowhere else; imports the domain only.

Every call into a keychain runs on one daemon thread with a time limit, because a prompt on screen or
a hanging service blocks the caller for ever. keyring and the D-Bus libraries are imported on that
thread at the first use, since they are heavy. A backend is chosen by name from a short list; there
is no plaintext fallback. A run of a bot, which can do nothing else meanwhile, reads its one secret in
its own thread: over a socket, with time limits, without a library and without a prompt.
"""
