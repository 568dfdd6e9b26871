"""The developer command: set-up of a checkout, what a machine lacks, and the run of the checks."""
