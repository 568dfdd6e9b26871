"""The Kraken adapter: HTTP lives here and nowhere else; imports the domain only."""
