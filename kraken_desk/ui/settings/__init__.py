"""The pages of the settings dialog: each row names one choice, and what is chosen counts at once."""
