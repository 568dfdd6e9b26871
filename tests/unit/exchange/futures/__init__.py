"""Tests of the Futures adapter."""
