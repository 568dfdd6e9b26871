"""Tests of the Spot adapter."""
