"""What a passphrase protects: the verifier that unlocks the window, and sealed backup files.

May import domain and cryptography; nothing else of the program uses cryptography directly.
"""
