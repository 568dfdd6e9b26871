"""Kraken Desk: one desk for every Kraken API key of a master account and its subaccounts."""

__version__ = "0.1.0"
