"""Where API keys are kept between two runs: the state of that place and its failures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VaultState:
    """Whether keys can be kept in the vault called `name`, and if not, `say`, the line for the user.

    A `locked` vault is not usable yet: to load or store a key makes the system ask for its password.
    """

    usable: bool
    name: str
    say: str = ""
    locked: bool = False


class VaultError(Exception):
    """Why a key was not loaded, stored or forgotten, in plain words with the remedy; never holds the key."""

    def __init__(self, say: str, *, remedy: str = "") -> None:
        super().__init__(say)
        self.say = say
        self.remedy = remedy
