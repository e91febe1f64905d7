"""How the SDK's client is made."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from coldbyte.core.secret import ApiKey
from coldbyte.services.sdk_client import build_client, place_of


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://api.anthropic.com", "api.anthropic.com"),
        ("http://127.0.0.1:8080/path?x=y", "127.0.0.1:8080"),
        ("https://me:hidden@gateway.example:443/x", "gateway.example:443"),
        ("http://[::1]:80", "[::1]:80"),
        ("hidden", "the server"),
        ("http://hidden:port", "the server"),
    ],
)
def test_a_place_is_host_and_port_and_nothing_that_could_be_secret(url: str, place: str) -> None:
    assert place_of(url) == place


def test_the_client_waits_and_tries_again_as_told_and_reports_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    client = build_client("http://127.0.0.1:1/x", ApiKey("k"), timeout_s=9, max_retries=3)
    assert client.api_key == "k"
    assert client.auth_token is None
    assert client.max_retries == 3
    assert client.timeout == httpx2.Timeout(9, connect=5.0)
    assert str(client.base_url) == "http://127.0.0.1:1/x/"
    assert client.open_telemetry["traces"]["enabled"] is False
    asyncio.run(client.close())
