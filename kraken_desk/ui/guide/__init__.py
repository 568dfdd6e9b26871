"""The user guide: one set of texts for help on the spot (F1), the guide's window, and the repository.

The texts are `resources/guide/*.md`, in the order of their names. Each section is announced by a comment
below its head that names what it explains, the section's own name first:

    ## Transfer
    <!-- help: transfer transfer_dialog source destination -->

The names are those of acts, panes and settings' pages, and object names of widgets. F1 goes from the widget
that has the keyboard outwards until one is named. Imported when the guide is first wanted.

Whoever adds an act, a pane, a dialog, a page of the settings or a command says there what it is for: the
tests of this package hold the whole program against the texts, and refuse a name that two sections claim.
"""
