"""The composition root: builds adapters and services, and hands them to window and command line.

The only package that may import every other.
"""
