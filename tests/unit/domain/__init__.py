"""Tests of the domain: plain rules, no I/O."""
