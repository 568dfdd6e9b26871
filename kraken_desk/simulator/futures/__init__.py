"""Rules of the Futures venue: `/derivatives/api/v3`, `/api/auth/v1`, `/api/history`. Pure functions."""
