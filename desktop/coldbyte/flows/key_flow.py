"""The API key: the dialog, the keyring behind it, and the choice between simulator and API."""

from __future__ import annotations

from collections.abc import Coroutine

from PySide6.QtCore import QObject
from shiboken6 import isValid

from coldbyte.core.reply import SendFailure
from coldbyte.core.vault import VaultError
from coldbyte.state.connection import Connection
from coldbyte.state.settings import Settings
from coldbyte.state.tasks import Tasks
from coldbyte.ui.key_dialog import KeyDialog, KeyWish
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice


class KeyFlow(QObject):
    """Asks the keyring off the GUI thread; nothing about a key is ever printed."""

    def __init__(self, window: MainWindow, connection: Connection, settings: Settings, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._connection = connection
        self._settings = settings
        self._tasks = tasks
        connection.changed.connect(window.show_connection)
        window.action("api_key").triggered.connect(self.open_dialog)
        window.action("use_simulator").triggered.connect(lambda: connection.use("simulator"))
        window.action("use_api").triggered.connect(lambda: connection.use("api"))
        window.show_connection(connection.status)

    async def load(self) -> None:
        """Use the key of the profile that was used last."""
        try:
            await self._connection.load(self._settings.profile)
        except VaultError as error:
            self._window.notice_bar.show_notice(Notice(error.say, error.remedy, "trouble"))

    def open_dialog(self) -> None:
        """Show the dialog."""
        dialog = KeyDialog(self._settings.profiles, self._settings.profile, self._window)
        dialog.test_requested.connect(lambda wish: self._start(dialog, self._test(wish)))
        dialog.save_requested.connect(lambda wish: self._start(dialog, self._keep(wish)))
        dialog.forget_requested.connect(lambda profile: self._start(dialog, self._forget(profile)))
        self._tasks.start("keyring", self._describe(dialog))
        dialog.open()

    def _start(self, dialog: KeyDialog, work: Coroutine[None, None, str]) -> None:
        dialog.set_busy(True)
        dialog.show_result(self.tr("One moment …"))
        self._tasks.start("key", self._finish(dialog, work))

    async def _finish(self, dialog: KeyDialog, work: Coroutine[None, None, str]) -> None:
        say = self.tr("That did not work.")
        try:
            say = await work
        except (SendFailure, VaultError) as trouble:
            say = f"{trouble.say} {trouble.remedy}".strip()
        finally:
            if isValid(dialog):
                dialog.show_result(say)
                dialog.set_busy(False)

    async def _describe(self, dialog: KeyDialog) -> None:
        try:
            state = await self._connection.vault_state()
            say = state.say or self.tr("Keys are kept in your keyring: {name}.").format(name=state.name)
        except VaultError as error:
            say = f"{error.say} {error.remedy}".strip()
        if isValid(dialog):
            dialog.show_where(say)

    async def _test(self, wish: KeyWish) -> str:
        return await self._connection.check(wish.key)

    async def _keep(self, wish: KeyWish) -> str:
        if not wish.key:
            return await self._use(wish.profile)
        if not wish.key.sendable:
            return self.tr("No key has spaces or letters beyond ASCII: copy it again.")
        source = await self._connection.keep(wish.profile, wish.key)
        self._settings.profile = wish.profile
        if source == "keyring":
            return self.tr("Kept in the keyring as profile “{name}” and in use.").format(name=wish.profile)
        return self.tr("In use. It is kept in memory only and is gone when Coldbyte ends.")

    async def _use(self, profile: str) -> str:
        """Go over to the key that is kept for a profile."""
        await self._connection.load(profile, unlock=True)
        if self._connection.status.key_source == "none":
            return self.tr("There is no key for profile “{name}” yet: enter it above.").format(name=profile)
        self._settings.profile = profile
        return self._connection.status.say

    async def _forget(self, profile: str) -> str:
        await self._connection.forget(profile)
        return self.tr("The key of profile “{name}” is forgotten.").format(name=profile)
