"""The command line: the window's twin over the same services; imports domain, services and reports."""
