"""The operating system's keychain: keyring lives here and nowhere else; imports the domain only."""
