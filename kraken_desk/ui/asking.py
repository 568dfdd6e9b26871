"""Dialogs from coroutines: `await ask(dialog)`; never a nested event loop."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QDialog, QWidget

from kraken_desk.ui.widgets.question import Question, QuestionDialog


async def ask(dialog: QDialog) -> bool:
    """Open a window-modal dialog and wait for its end; True when it was accepted.

    The caller reads its values and deletes it. A cancelled task closes the dialog.
    """
    answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def on_finished(code: int) -> None:
        if not answer.done():
            answer.set_result(code == QDialog.DialogCode.Accepted)

    dialog.finished.connect(on_finished)
    dialog.open()
    try:
        return await answer
    except asyncio.CancelledError:
        dialog.close()
        raise


async def confirm(parent: QWidget, question: Question) -> bool:
    """Ask one question with a button that says what will happen."""
    dialog = QuestionDialog(question, parent)
    try:
        return await ask(dialog)
    finally:
        dialog.deleteLater()
