"""The window: everything Qt except start-up; imports domain, services and reports."""
