"""Models: snapshots as Qt item models, applied by difference; sorting and filtering are proxies."""
