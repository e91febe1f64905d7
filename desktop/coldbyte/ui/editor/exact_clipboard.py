"""Text on the clipboard and in drags, byte for byte."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QStringListModel

EXACT = "application/x-coldbyte-text"
"""UTF-8 bytes of a piece of a block, for copying inside the app."""

_PLAIN = ("text/plain;charset=utf-8", "text/plain")


def mime_of(chars: str) -> QMimeData:
    """The exact bytes of `chars`, as our own format and as plain text.

    QMimeData.setText() would drop a leading U+FEFF. And the object must be born in C++: one made by Python
    crashes the interpreter's exit when the clipboard still owns it, because its destructor calls Python.
    """
    model = QStringListModel([""])
    mime = model.mimeData([model.index(0, 0)])
    mime.clear()
    data = chars.encode()
    for kind in (EXACT, *_PLAIN):
        mime.setData(kind, data)
    return mime


def chars_of(mime: QMimeData) -> str:
    """The characters offered, from the most exact form that there is; never rich text."""
    for kind in (EXACT, *_PLAIN):
        data = bytes(mime.data(kind).data()) if mime.hasFormat(kind) else b""
        try:
            chars = data.decode()
        except UnicodeDecodeError:
            continue
        if chars:
            return chars
    return mime.text()


def has_chars(mime: QMimeData) -> bool:
    """Whether there is text to insert; files are for the window to open."""
    if mime.hasFormat(EXACT):
        return True
    return not mime.hasUrls() and any(mime.hasFormat(kind) for kind in _PLAIN)
