"""All commands of the window with shortcut and menu: one table for menus and the sheet of shortcuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

Menu = Literal["File", "Export", "Edit", "Prompt", "View", "Connection", "Help"]

_INSIDE: dict[Menu, Menu] = {"Export": "File"}
"""Menus that lie in another one."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command; `id` is the objectName of its action."""

    id: str
    menu: Menu
    text: str
    shortcuts: tuple[str, ...] = ()
    tip: str = ""
    checkable: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("open_document", "File", "Open a document …", ("Ctrl+O",), "Add a text file as a document"),
    Command("new_project", "File", "New project", ("Ctrl+N",), "Begin with an empty draft"),
    Command("open_project", "File", "Open a project …", ("Ctrl+Shift+O",), "A folder of plain files"),
    Command("save_project", "File", "Save the project", ("Ctrl+S",), "All files or none"),
    Command("save_project_as", "File", "Save the project as …", ("Ctrl+Shift+S",), "In another folder"),
    Command("save_text", "File", "Save this text as …", tip="Save the text of the focused editor"),
    Command("open_sample", "File", "Open the sample"),
    Command("import_file", "File", "Import …", ("Ctrl+I",), "Requests that other programs sent"),
    Command("import_folder", "File", "Import a folder …", tip="Every transcript or log in it"),
    Command("import_clipboard", "File", "Import from the clipboard", ("Ctrl+Shift+V",), "cURL, or a body"),
    Command("copy_curl", "Export", "Copy as cURL", ("Ctrl+Shift+C",), "The request that would be sent now"),
    Command("export_body", "Export", "Body …", tip="The request's JSON, byte for byte"),
    Command("export_curl", "Export", "cURL …"),
    Command("export_python", "Export", "Python …"),
    Command("export_typescript", "Export", "TypeScript …"),
    Command("export_jsonl", "Export", "Exchanges as JSONL …", tip="All that the history finds"),
    Command("export_har", "Export", "Exchanges as HAR …", tip="All that the history finds, as sent"),
    Command("export_csv", "Export", "Usage as CSV …", tip="All that the history finds"),
    Command("export_html", "Export", "Report of the miss as HTML …", tip="Without your text"),
    Command("export_markdown", "Export", "Report of the miss as Markdown …", tip="Without your text"),
    Command("quit", "File", "Quit", ("Ctrl+Q",)),
    Command("undo", "Edit", "Undo", ("Ctrl+Z",)),
    Command("redo", "Edit", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y")),
    Command("find", "Edit", "Find …", ("Ctrl+F",), "In the text of the focused editor"),
    Command("find_next", "Edit", "Find next", ("F3",)),
    Command("find_previous", "Edit", "Find previous", ("Shift+F3",)),
    Command("replace", "Edit", "Replace …", ("Ctrl+H",), "One hit, or all as one step of undo"),
    Command("restore", "Edit", "Restore the old bytes", ("Ctrl+Shift+R",), "Undo what breaks the prefix"),
    Command("send", "Prompt", "Send the chosen question", ("Ctrl+Return", "Ctrl+Enter")),
    Command("cancel", "Prompt", "Cancel", ("Esc",)),
    Command("go_on", "Prompt", "Go on from this reply", ("Ctrl+Shift+G",), "In one conversation"),
    Command("next_question", "Prompt", "Next question", ("Ctrl+Down",)),
    Command("previous_question", "Prompt", "Previous question", ("Ctrl+Up",)),
    Command("add_tool", "Prompt", "Add a tool"),
    Command("add_turn", "Prompt", "Add a turn to the conversation"),
    Command("add_system_block", "Prompt", "Add a system block"),
    Command("document_earlier", "Prompt", "Move the document to the left", ("Ctrl+Shift+PgUp",)),
    Command("document_later", "Prompt", "Move the document to the right", ("Ctrl+Shift+PgDown",)),
    Command("rename_document", "Prompt", "Rename the document …", ("F2",)),
    Command("add_question", "Prompt", "Add a question", ("Ctrl+Shift+N",)),
    Command("count_tokens", "Prompt", "Count the tokens now", ("Ctrl+Shift+T",), "Free; uploads the draft"),
    Command("warm_now", "Prompt", "Warm the prompt cache now", ("Ctrl+Shift+W",), "The entry that is read"),
    Command("stop_warming", "Prompt", "Stop keeping warm", tip="Stop every warming that is switched on"),
    Command("next_difference", "Prompt", "Next difference", ("F7",), "Go to the next cause in the draft"),
    Command("previous_difference", "Prompt", "Previous difference", ("Shift+F7",)),
    Command("which_edit", "Prompt", "Which edit broke it?", ("Ctrl+Shift+E",), "Show just that edit"),
    Command("command_palette", "View", "All commands …", ("Ctrl+Shift+P",), "Type a few letters of one"),
    Command("quick_switch", "View", "Go to …", ("Ctrl+P",), "A part of the prompt, or a view"),
    Command("show_prefix", "View", "Show the prefix", ("Ctrl+1",)),
    Command("show_ledger", "View", "Show the prompt cache", ("Ctrl+2",), "The entries believed live"),
    Command("show_money", "View", "Show the money", ("Ctrl+3",), "What was spent and saved"),
    Command("show_advice", "View", "Show the advice", ("Ctrl+4",), "Where breakpoints pay"),
    Command("show_history", "View", "Show the history", ("Ctrl+5",), "Every exchange that is kept"),
    Command(
        "search_history", "View", "Search the history", ("Ctrl+Shift+H",), "By words of prompt and reply"
    ),
    Command("next_pane", "View", "To the next pane", ("F6",)),
    Command("previous_pane", "View", "To the previous pane", ("Shift+F6",)),
    Command("show_invisibles", "View", "Show invisible characters", ("Ctrl+Shift+I",), checkable=True),
    Command("syntax_colours", "View", "Syntax colours", tip="JSON, Markdown and tags", checkable=True),
    Command("theme_system", "View", "Theme: as the system", checkable=True),
    Command("theme_light", "View", "Theme: light", checkable=True),
    Command("theme_dark", "View", "Theme: dark", checkable=True),
    Command("theme_contrast", "View", "Theme: high contrast", checkable=True),
    Command("theme_safe", "View", "Theme: safe for colour blindness", checkable=True),
    Command("zoom_in", "View", "Larger text", ("Ctrl++", "Ctrl+=")),
    Command("zoom_out", "View", "Smaller text", ("Ctrl+-",)),
    Command("zoom_reset", "View", "Normal text size", ("Ctrl+0",)),
    Command("api_key", "Connection", "API key …", ("Ctrl+K",)),
    Command("use_simulator", "Connection", "Use the built-in simulator", checkable=True),
    Command("use_api", "Connection", "Use the Messages API", checkable=True),
    Command(
        "count_in_background",
        "Connection",
        "Count tokens while typing (uploads the draft)",
        tip="Free; for the profile in use, and only with the Messages API",
        checkable=True,
    ),
    Command("guide", "Help", "Guide", ("F1",)),
    Command("shortcuts", "Help", "Shortcuts", ("Ctrl+?",)),
    Command("about", "Help", "About Coldbyte"),
)


def make_actions(window: QWidget) -> dict[str, QAction]:
    """An action for each command, owned by the window."""
    actions = {}
    for command in COMMANDS:
        action = QAction(window.tr(command.text), window)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
        action.setCheckable(command.checkable)
        if command.tip:
            action.setToolTip(window.tr(command.tip))
        window.addAction(action)
        actions[command.id] = action
    return actions


def fill_menus(bar: QMenuBar, actions: dict[str, QAction]) -> None:
    """Put every action into its menu."""
    menus: dict[Menu, QMenu] = {}
    for command in COMMANDS:
        if command.menu not in menus:
            above = _INSIDE.get(command.menu)
            place = bar if above is None else menus[above]
            menus[command.menu] = place.addMenu(bar.tr(command.menu))
        menus[command.menu].addAction(actions[command.id])


def insert_menu(bar: QMenuBar, before: QAction, menu: QMenu) -> None:
    """Put a menu before an action."""
    for entry in bar.actions():
        above = entry.menu()
        if isinstance(above, QMenu) and before in above.actions():
            above.insertMenu(before, menu)


def shortcut_sheet() -> str:
    """The commands that have shortcuts, as a Markdown table."""
    commands = [command for command in COMMANDS if command.shortcuts]
    rows = [f"| {command.text} | {' or '.join(command.shortcuts)} |" for command in commands]
    return "# Shortcuts\n\n| Command | Keys |\n|---|---|\n" + "\n".join(rows) + "\n"
