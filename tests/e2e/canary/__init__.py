"""A secret that goes through every feature is found nowhere but where it belongs."""
