"""The composition root: builds adapters and services and hands them to window or command line."""
