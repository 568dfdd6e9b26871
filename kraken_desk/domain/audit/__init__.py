"""The audit: facts in, findings out; pure, so that window, command line and reports say the same."""
