"""Rules of the Spot venue: `/0/public/…` and `/0/private/…`. Pure functions of a world and a request."""
