"""How the SDK's client is made."""

from __future__ import annotations

import asyncio

import httpx2
import pytest

from coldbyte.core.reply import SendFailure
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


@pytest.fixture
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


BAD_ENVIRONMENTS = [
    ("ALL_PROXY", "socks5://127.0.0.1:1", "SOCKS"),
    ("ALL_PROXY", "secret://x", "proxy"),
    ("HTTPS_PROXY", "http://secret\udcff", "proxy"),
    ("NO_PROXY", "\udcff", "proxy"),
    ("SSL_CERT_FILE", "/no/such/file", "SSL_CERT_FILE"),
]


@pytest.mark.usefixtures("_no_proxy")
@pytest.mark.parametrize(("name", "value", "_"), BAD_ENVIRONMENTS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_our_own_machine_is_reached_whatever_proxies_and_certificates_the_environment_names(
    name: str, value: str, _: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    client = build_client(f"http://{host}:1", ApiKey("k"), timeout_s=9, max_retries=0)
    asyncio.run(client.close())


@pytest.mark.usefixtures("_no_proxy")
@pytest.mark.parametrize(("name", "value", "word"), BAD_ENVIRONMENTS)
def test_a_proxy_or_certificate_of_the_environment_that_is_no_good_is_named_without_its_value(
    name: str, value: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SendFailure) as caught:
        build_client("https://api.anthropic.com", ApiKey("k"), timeout_s=9, max_retries=0)
    assert caught.value.kind == "unreachable"
    assert word in caught.value.say
    assert "start Coldbyte again" in caught.value.remedy
    assert "secret" not in caught.value.say
