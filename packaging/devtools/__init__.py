"""The parts of `packaging/dev.py`: set-up of a checkout and the checks that decide whether it is good.

Standard library only: these modules run before anything has been installed.
"""
