"""Functions that open dialogs with the doors of the services they need; one module per subject.

Each takes the Kit. Imported when first used, named in ui/act_list.py.
"""
