"""The Futures venue (Derivatives API v3): everything that knows its wire format stands here."""
