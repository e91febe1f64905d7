"""Whom the app talks to, and with which key: the built-in simulator, or the Messages API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, Protocol
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from coldbyte.core.body import RequestBody
from coldbyte.core.reply import ReplyEvent
from coldbyte.core.secret import ApiKey
from coldbyte.core.vault import VaultError, VaultState
from coldbyte.core.warming.warming import WarmingAnswer

Target = Literal["simulator", "api"]
KeySource = Literal["none", "environment", "keyring", "memory"]

SIMULATOR_SCOPE = "simulator"
DEFAULT_PROFILE = "default"
_PUBLIC_URL = "https://api.anthropic.com"


class MessagesApi(Protocol):
    """A client of the Messages API."""

    def stream(self, body: RequestBody) -> AsyncGenerator[ReplyEvent, None]:
        """The events of one exchange. Raise SendFailure."""
        ...

    async def count_tokens(self, body: RequestBody) -> int:
        """The input tokens of a body as the API counts them: free, and the prompt is uploaded. Raise
        SendFailure.
        """
        ...

    async def warm(self, body: RequestBody, sent: Callable[[], None] | None = None) -> WarmingAnswer:
        """Send a request that only fills the prompt cache; `sent` is called as each attempt begins. Raise
        SendFailure, ZeroRefused where the endpoint does not take `max_tokens: 0`.
        """
        ...

    async def check_key(self) -> str:
        """Prove at no cost that the key is accepted; a plain word of success. Raise SendFailure."""
        ...

    async def close(self) -> None:
        """Give back the sockets."""
        ...


class Vault(Protocol):
    """Where keys are kept, by the name of their profile. All raise VaultError."""

    async def load(self, profile: str) -> ApiKey | None:
        """The key of a profile, None where there is none."""
        ...

    async def store(self, profile: str, key: ApiKey) -> None:
        """Keep a key and make sure that it reads back."""
        ...

    async def forget(self, profile: str) -> None:
        """Delete the key of a profile."""
        ...

    async def describe(self) -> VaultState:
        """Whether keys can be kept safely, and what to tell the user."""
        ...


class Outside(Protocol):
    """What a connection needs from the outside world."""

    def client(self, base_url: str | None, key: ApiKey) -> MessagesApi:
        """A client for an address (None: the public one)."""
        ...

    async def simulator_url(self) -> str:
        """The address of the running simulator, started if need be. Raise SendFailure."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """What the user is shown: `address` is a host, `say` one plain line."""

    target: Target
    address: str
    key_source: KeySource
    profile: str
    say: str


class Connection(QObject):
    """The chosen target with its key. Nothing is sent and no key is read before `load`."""

    changed = Signal(object)  # ConnectionStatus

    def __init__(
        self,
        outside: Outside,
        vault: Vault,
        environment: Mapping[str, str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._outside = outside
        self._vault = vault
        self._environment_key = ApiKey(environment.get("ANTHROPIC_API_KEY", ""))
        self._base_url = environment.get("ANTHROPIC_BASE_URL") or None
        self._profile = DEFAULT_PROFILE
        self._kept: dict[str, ApiKey] = {}  # keys that could not be stored: until the app ends
        self._key = self._environment_key
        self._source: KeySource = "environment" if self._environment_key else "none"
        self._target: Target = "api" if self._environment_key else "simulator"
        self._wish: Target = "api"  # what the user chose by hand; without a key it is the simulator anyway
        self._locked = False
        self._open: tuple[tuple[Target, str, ApiKey], MessagesApi] | None = None

    @property
    def status(self) -> ConnectionStatus:
        """What to show."""
        host = _host_of(self._base_url or _PUBLIC_URL)
        address = "built-in simulator" if self._target == "simulator" else host
        return ConnectionStatus(self._target, address, self._source, self._profile, self._say(host))

    @property
    def scope(self) -> str:
        """Names the prompt cache in use: entries are isolated by key (facts §2.1 rule 10). Holds no key."""
        if self._target == "simulator":
            return SIMULATOR_SCOPE
        name = f"{self._base_url or _PUBLIC_URL}\0{self._key.reveal()}"
        return blake2b(name.encode(errors="surrogatepass"), digest_size=8).hexdigest()

    async def load(self, profile: str, *, unlock: bool = False) -> None:
        """Use the key of a profile, or that of the environment. Raise VaultError; then no key is in use.

        With `unlock` the system may ask the user for the password of a locked keyring.
        """
        found: tuple[ApiKey, KeySource] = (ApiKey(""), "none")
        try:
            found = await self._find(profile, unlock)
        finally:
            self._adopt(profile, *found)

    async def keep(self, profile: str, key: ApiKey) -> KeySource:
        """Store a key and use it. Where the keyring refuses, it is held in memory until the app ends."""
        self._kept[profile] = key
        try:
            state = await self._vault.describe()
            if state.usable or state.locked:
                await self._vault.store(profile, key)
                del self._kept[profile]
        except VaultError:
            pass
        self._wish = "api"
        self._adopt(profile, key, "memory" if profile in self._kept else "keyring")
        return self._source

    async def forget(self, profile: str) -> None:
        """Delete the key of a profile; if it was in use, go on without it. Raise VaultError."""
        self._kept.pop(profile, None)
        state = await self._vault.describe()
        if state.usable or state.locked:
            await self._vault.forget(profile)
        if profile == self._profile:
            await self.load(profile)

    async def check(self, key: ApiKey) -> str:
        """Ask the API whether it accepts a key, an empty one being that in use. Raise SendFailure."""
        client = self._outside.client(self._base_url, key or self._key)
        try:
            return await client.check_key()
        finally:
            await client.close()

    async def vault_state(self) -> VaultState:
        """What the key dialog says about the keyring."""
        return await self._vault.describe()

    def use(self, target: Target) -> None:
        """Talk to the simulator or, if there is a key, to the API; it stays so when another key is loaded."""
        self._wish = target
        if target != self._target and (target == "simulator" or self._key):
            self._target = target
            self.changed.emit(self.status)

    async def open(self) -> MessagesApi:
        """The client to send with; it is kept until the target or the key changes."""
        key = self._key
        url = self._base_url
        if self._target == "simulator":
            key, url = ApiKey("simulator"), await self._outside.simulator_url()
        wanted = (self._target, url or "", key)
        if self._open is None or self._open[0] != wanted:
            await self.close()
            self._open = (wanted, self._outside.client(url, key))
        return self._open[1]

    async def close(self) -> None:
        """Give back the client's sockets."""
        if self._open is not None:
            client, self._open = self._open[1], None
            await client.close()

    async def _find(self, profile: str, unlock: bool) -> tuple[ApiKey, KeySource]:
        """The key to use with a profile, and where it was."""
        if self._environment_key:
            return self._environment_key, "environment"
        if profile in self._kept:
            return self._kept[profile], "memory"
        state = await self._vault.describe()
        self._locked = state.locked
        may_read = state.usable or (state.locked and unlock)
        key = await self._vault.load(profile) if may_read else None
        return (key, "keyring") if key else (ApiKey(""), "none")

    def _adopt(self, profile: str, key: ApiKey, source: KeySource) -> None:
        self._profile, self._key, self._source = profile, key, source
        self._target = self._wish if key else "simulator"
        self.changed.emit(self.status)

    def _say(self, host: str) -> str:
        if self._target == "simulator":
            if self._key:
                return "Built-in simulator: nothing leaves this machine, although there is an API key."
            if self._locked:
                return "The keyring is locked, so no API key was read: all runs on the built-in simulator."
            if self._base_url:
                return f"ANTHROPIC_BASE_URL names {host}, but there is no API key: all runs on the simulator."
            return "No API key yet: all runs on the built-in simulator, and nothing leaves this machine."
        match self._source:
            case "environment":
                return f"Sends to {host} with the key of the environment variable ANTHROPIC_API_KEY."
            case "memory":
                return f"Sends to {host}. The key is kept in memory only, until Coldbyte ends."
            case _:
                return f"Sends to {host} with the key of profile “{self._profile}” from the system's keyring."


def _host_of(url: str) -> str:
    """Host and port of a URL; never the user and password that it can hold."""
    try:
        return (urlsplit(url).netloc or url).rpartition("@")[2] or "the server"
    except ValueError:
        return "the server"
