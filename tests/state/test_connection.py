"""The connection: which key, which target, which prompt cache, and what the user is told about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.core.vault import VaultError, VaultState
from coldbyte.services.vault import MemoryVault
from coldbyte.state.connection import SIMULATOR_SCOPE, Connection, Vault
from state.world import AbsentVault, MemoryOutside, RefusingVault, heard

SECRET = "sk-ant-api03-home"
OTHER = "sk-ant-api03-work"
ENVIRONMENT = {"ANTHROPIC_API_KEY": "sk-ant-api03-environment"}

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    return lambda story: loop.run_until_complete(asyncio.wait_for(story, 20))


@pytest.fixture
def outside() -> MemoryOutside:
    return MemoryOutside()


def connection_of(
    vault: Vault | None = None,
    environment: Mapping[str, str] | None = None,
    outside: MemoryOutside | None = None,
) -> Connection:
    return Connection(outside or MemoryOutside(), vault or MemoryVault(), environment or {})


def vault_with(run: Run, **keys: str) -> MemoryVault:
    vault = MemoryVault()
    for profile, key in keys.items():
        run(vault.store(profile, ApiKey(key)))
    return vault


class LockedVault(AbsentVault):
    """A keyring whose password the user does not give when the system asks for it."""

    async def store(self, profile: str, key: ApiKey) -> None:
        raise VaultError("The keyring stayed locked.")

    async def describe(self) -> VaultState:
        return VaultState(False, "Secret Service", "The keyring is locked.", locked=True)


def test_a_new_user_works_on_the_simulator_and_is_told_so(run: Run) -> None:
    connection = connection_of()
    run(connection.load("default"))
    status = connection.status
    assert (status.target, status.key_source) == ("simulator", "none")
    assert status.address == "built-in simulator"
    assert "No API key yet" in status.say
    assert "nothing leaves this machine" in status.say
    assert connection.scope == SIMULATOR_SCOPE


def test_a_key_of_the_keyring_is_used_with_its_profile(run: Run) -> None:
    connection = connection_of(vault_with(run, work=OTHER, home=SECRET))
    with heard(connection.changed) as changes:
        run(connection.load("work"))
    status = connection.status
    assert (status.target, status.key_source, status.profile) == ("api", "keyring", "work")
    assert status.address == "api.anthropic.com"
    assert "work" in status.say
    assert changes == [status]


def test_the_key_of_the_environment_goes_first(run: Run, outside: MemoryOutside) -> None:
    connection = connection_of(vault_with(run, default=SECRET), ENVIRONMENT, outside)
    run(connection.load("default"))
    assert (connection.status.target, connection.status.key_source) == ("api", "environment")
    assert "ANTHROPIC_API_KEY" in connection.status.say
    run(connection.open())
    assert outside.clients[0].key == ApiKey(ENVIRONMENT["ANTHROPIC_API_KEY"])


def test_a_blank_key_in_the_environment_is_none(run: Run) -> None:
    connection = connection_of(vault_with(run, default=SECRET), {"ANTHROPIC_API_KEY": "  "})
    run(connection.load("default"))
    assert connection.status.key_source == "keyring"


def test_the_address_of_the_environment_is_used_and_shown(run: Run, outside: MemoryOutside) -> None:
    environment = {**ENVIRONMENT, "ANTHROPIC_BASE_URL": "https://gateway.example:8443/anthropic"}
    connection = connection_of(environment=environment, outside=outside)
    assert connection.status.address == "gateway.example:8443"
    assert "gateway.example:8443" in connection.status.say
    run(connection.open())
    assert outside.clients[0].base_url == environment["ANTHROPIC_BASE_URL"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://user:passw0rd@gateway.example/v1", "gateway.example"),
        ("localhost:8080", "localhost:8080"),
        ("https://[::1", "the server"),
    ],
)
def test_an_odd_address_is_shown_without_a_password(url: str, address: str) -> None:
    connection = connection_of(environment={**ENVIRONMENT, "ANTHROPIC_BASE_URL": url})
    assert connection.status.address == address
    assert "passw0rd" not in connection.status.say


def test_the_scope_differs_by_key_by_address_and_by_target(run: Run) -> None:
    async def scopes() -> list[str]:
        found = []
        for environment in ({}, {"ANTHROPIC_BASE_URL": "https://gateway.example"}):
            for key in (SECRET, OTHER):
                connection = connection_of(environment=environment)
                await connection.keep("default", ApiKey(key))
                found.append(connection.scope)
        connection.use("simulator")
        return [*found, connection.scope]

    assert len(set(run(scopes()))) == 5


@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"])
def test_bytes_of_the_environment_that_are_no_text_have_a_scope_too(name: str) -> None:
    environment = {**ENVIRONMENT, name: "http://ab\udcff\udcfe"}
    assert connection_of(environment=environment).scope != connection_of(environment=ENVIRONMENT).scope


def test_the_scope_is_the_same_again_with_the_same_key(run: Run) -> None:
    first, second = connection_of(vault_with(run, a=SECRET)), connection_of(vault_with(run, b=SECRET))
    run(first.load("a"))
    run(second.load("b"))
    assert first.scope == second.scope


def source_of(connection: Connection) -> str:
    """Where the key in use comes from."""
    return connection.status.key_source


def test_neither_the_scope_nor_the_status_holds_the_key(run: Run) -> None:
    shown = []
    for vault, environment in (
        (vault_with(run, default=SECRET), {}),
        (AbsentVault(), {}),
        (MemoryVault(), {"ANTHROPIC_API_KEY": SECRET}),
    ):
        connection = connection_of(vault, environment)
        run(connection.load("default"))
        if connection.status.key_source == "none":
            run(connection.keep("default", ApiKey(SECRET)))
        for target in ("simulator", "api"):
            connection.use(target)
            shown += [connection.scope, repr(connection.status), connection.status.say]
            assert connection.status.target == target
    assert not [text for text in shown if SECRET in text or SECRET.encode().hex() in text]


def test_a_key_that_is_kept_is_there_at_the_next_start(run: Run) -> None:
    vault = MemoryVault()
    connection = connection_of(vault)
    assert run(connection.keep("work", ApiKey(SECRET))) == "keyring"
    assert (connection.status.target, connection.status.key_source) == ("api", "keyring")
    later = connection_of(vault)
    run(later.load("work"))
    assert later.scope == connection.scope


@pytest.mark.parametrize("vault", [AbsentVault, RefusingVault, LockedVault])
def test_where_the_keyring_refuses_the_key_is_kept_in_memory(
    run: Run, outside: MemoryOutside, vault: Callable[[], Vault]
) -> None:
    connection = connection_of(vault(), outside=outside)
    assert run(connection.keep("default", ApiKey(SECRET))) == "memory"
    assert (connection.status.target, connection.status.key_source) == ("api", "memory")
    assert "in memory only" in connection.status.say
    run(connection.open())
    assert outside.clients[0].key == ApiKey(SECRET)
    run(connection.load("default"))
    assert connection.status.key_source == "memory"


def test_a_key_goes_from_memory_to_the_keyring_once_it_is_unlocked(run: Run) -> None:
    vault = RefusingVault()
    connection = connection_of(vault)
    run(connection.keep("default", ApiKey(SECRET)))
    vault.refuses = False
    assert run(connection.keep("default", ApiKey(OTHER))) == "keyring"
    assert run(vault.load("default")) == ApiKey(OTHER)
    run(connection.load("default"))
    assert connection.status.key_source == "keyring"


def test_a_locked_keyring_is_asked_only_when_the_user_wants_its_key(run: Run) -> None:
    class Unlocking(MemoryVault):
        async def describe(self) -> VaultState:
            return VaultState(False, "Secret Service", "The keyring is locked.", locked=True)

    vault = Unlocking()
    run(vault.store("default", ApiKey(SECRET)))
    connection = connection_of(vault)
    sources = []
    for unlock in (False, True):
        run(connection.load("default", unlock=unlock))
        sources.append(connection.status.key_source)
    assert sources == ["none", "keyring"]
    assert run(connection.keep("work", ApiKey(OTHER))) == "keyring"


def test_a_locked_keyring_is_not_taken_for_a_missing_key(run: Run) -> None:
    connection = connection_of(LockedVault())
    run(connection.load("default"))
    assert connection.status.target == "simulator"
    assert "locked" in connection.status.say
    assert "No API key yet" not in connection.status.say


def test_a_keyring_that_fails_leaves_no_key_of_another_profile_in_use(run: Run) -> None:
    vault = RefusingVault()
    vault.refuses = False
    run(vault.store("work", ApiKey(OTHER)))
    connection = connection_of(vault)
    run(connection.load("work"))
    vault.refuses = True
    with heard(connection.changed) as changes, pytest.raises(VaultError):
        run(connection.load("home"))
    status = connection.status
    assert (status.target, status.key_source, status.profile) == ("simulator", "none", "home")
    assert changes == [status]


def test_a_forgotten_key_is_no_longer_used_nor_kept(run: Run) -> None:
    vault = vault_with(run, default=SECRET)
    connection = connection_of(vault)
    run(connection.load("default"))
    run(connection.forget("default"))
    assert (connection.status.target, connection.status.key_source) == ("simulator", "none")
    assert run(vault.load("default")) is None
    connection.use("api")
    assert connection.status.target == "simulator"


def test_a_key_in_memory_is_forgotten_too(run: Run) -> None:
    connection = connection_of(AbsentVault())
    run(connection.keep("default", ApiKey(SECRET)))
    run(connection.forget("default"))
    assert connection.status.key_source == "none"
    assert connection.scope == SIMULATOR_SCOPE


def test_forgetting_a_key_goes_back_to_that_of_the_environment(run: Run, outside: MemoryOutside) -> None:
    connection = connection_of(MemoryVault(), ENVIRONMENT, outside)
    run(connection.keep("default", ApiKey(SECRET)))
    assert source_of(connection) == "keyring"
    run(connection.forget("default"))
    assert source_of(connection) == "environment"
    run(connection.open())
    assert outside.clients[-1].key == ApiKey(ENVIRONMENT["ANTHROPIC_API_KEY"])


def test_forgetting_the_key_of_another_profile_leaves_the_one_in_use(run: Run) -> None:
    vault = vault_with(run, home=SECRET, work=OTHER)
    connection = connection_of(vault)
    run(connection.load("home"))
    run(connection.forget("work"))
    assert (connection.status.profile, connection.status.key_source) == ("home", "keyring")
    assert run(vault.load("work")) is None


def test_a_key_is_checked_with_a_client_of_its_own(run: Run, outside: MemoryOutside) -> None:
    connection = connection_of(vault_with(run, default=SECRET), outside=outside)
    run(connection.load("default"))
    before = connection.status
    assert run(connection.check(ApiKey(OTHER))) == "The key ending in rk is accepted."
    assert [client.closed for client in outside.clients] == [True]
    assert connection.status == before


def test_without_a_key_to_check_the_one_in_use_is_checked(run: Run, outside: MemoryOutside) -> None:
    connection = connection_of(vault_with(run, default=SECRET), outside=outside)
    run(connection.load("default"))
    assert run(connection.check(ApiKey(""))) == "The key ending in me is accepted."


def test_a_refused_key_is_called_so_and_its_client_is_closed(run: Run, outside: MemoryOutside) -> None:
    connection = connection_of(outside=outside)
    with pytest.raises(SendFailure) as refused:
        run(connection.check(ApiKey("refused")))
    assert refused.value.status == 401
    assert [client.closed for client in outside.clients] == [True]


def test_the_target_is_switched_only_where_there_is_a_key(run: Run) -> None:
    connection = connection_of()
    with heard(connection.changed) as changes:
        connection.use("api")
        assert connection.status.target == "simulator"
        run(connection.keep("default", ApiKey(SECRET)))
        connection.use("api")
        connection.use("simulator")
        connection.use("simulator")
    assert [change.target for change in changes] == ["api", "simulator"]
    assert "No API key" not in connection.status.say
    assert "nothing leaves this machine" in connection.status.say


def test_a_simulator_chosen_by_hand_stays_when_a_key_is_loaded(run: Run) -> None:
    connection = connection_of(vault_with(run, default=SECRET))
    connection.use("simulator")
    run(connection.load("default"))
    assert (connection.status.target, connection.status.key_source) == ("simulator", "keyring")
    connection.use("api")
    assert connection.status.target == "api"


def test_the_simulator_is_asked_at_its_own_address_and_never_gets_the_key(
    run: Run, outside: MemoryOutside
) -> None:
    connection = connection_of(vault_with(run, default=SECRET), ENVIRONMENT, outside)
    run(connection.load("default"))
    connection.use("simulator")
    run(connection.open())
    (client,) = outside.clients
    assert client.base_url == outside.url
    assert client.key.reveal() not in (SECRET, ENVIRONMENT["ANTHROPIC_API_KEY"], "")


def test_a_client_is_kept_until_key_target_or_address_change(run: Run, outside: MemoryOutside) -> None:
    connection = connection_of(outside=outside)

    async def story() -> None:
        first = await connection.open()
        assert await connection.open() is first
        outside.url = "http://127.0.0.1:4712"
        second = await connection.open()
        assert second is not first
        await connection.keep("default", ApiKey(SECRET))
        third = await connection.open()
        await connection.keep("default", ApiKey(OTHER))
        fourth = await connection.open()
        assert len({id(client) for client in (first, second, third, fourth)}) == 4

    run(story())
    assert [client.closed for client in outside.clients] == [True, True, True, False]
    run(connection.close())
    assert outside.clients[-1].closed


def test_a_simulator_that_does_not_come_up_leaves_the_connection_usable(
    run: Run, outside: MemoryOutside
) -> None:
    connection = connection_of(outside=outside)
    outside.trouble = OSError("no such program")
    with pytest.raises(OSError, match="no such program"):
        run(connection.open())
    outside.trouble = None
    assert run(connection.open()) is outside.clients[-1]


def test_the_state_of_the_keyring_is_handed_on(run: Run) -> None:
    assert run(connection_of(LockedVault()).vault_state()).locked
    assert run(connection_of(MemoryVault()).vault_state()).usable
