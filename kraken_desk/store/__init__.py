"""The SQLite adapter: metadata and journal, never a secret; imports the domain only."""
