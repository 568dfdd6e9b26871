"""The audit: rules with golden cases, evaluation, and what a mutated rule gives away."""
