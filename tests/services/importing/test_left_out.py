"""What a log holds beside Messages requests is counted, and named without secrets."""

from __future__ import annotations

import pytest

from coldbyte.services.importing.left_out import LeftOut, is_messages_address


@pytest.mark.parametrize(
    ("method", "url", "is_one"),
    [
        ("POST", "https://api.anthropic.com/v1/messages?beta=true", True),
        ("post", "/gateway/v1/messages/", True),
        ("GET", "/v1/messages", False),
        ("POST", "/v1/messages/count_tokens", False),
        ("POST", "/v1/messages/batches", False),
        ("POST", "http://[::1/v1/messages", False),
    ],
)
def test_a_messages_request_is_known_by_method_and_path(method: str, url: str, is_one: bool) -> None:
    assert is_messages_address(method, url) is is_one


def test_hosts_are_counted_and_only_the_most_frequent_are_named() -> None:
    left_out = LeftOut()
    for number in range(25):
        left_out.request(f"https://host{number}.example/x")
    left_out.request("https://user:sk-ant-PLANTED@host3.example/x")
    left_out.request("http://[bad")
    said = [remark.say for remark in left_out.remarks("a.flow")]
    assert said[0] == "Left out: requests to host3.example that are no Messages requests (2)."
    assert len(said) == 21
    assert said[-1] == "Left out: 6 further kinds (6)."
    assert "PLANTED" not in repr(said)
