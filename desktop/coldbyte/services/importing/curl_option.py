"""What the words of a curl command ask for: address, headers, body. Files are named and never opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_BODY = ("--data", "--data-ascii", "--data-raw", "--data-binary", "--json")
_WITH_VALUE = frozenset(
    """--abstract-unix-socket --aws-sigv4 --cacert --capath --cert --cert-type --ciphers --config
    --connect-timeout --connect-to --continue-at --cookie-jar --crlfile --curves --data-urlencode
    --dns-servers --doh-url --dump-header --expect100-timeout --form --form-string --haproxy-clientip
    --hostpubmd5 --http3 --interface --keepalive-time --key --key-type --libcurl --limit-rate --local-port
    --max-filesize --max-redirs --max-time --netrc-file --noproxy --output --output-dir --parallel-max
    --pinnedpubkey --proto --proto-default --proto-redir --proxy --proxy-cacert --proxy-cert --proxy-key
    --proxy-user --pass --proxy-pass --quote --range --rate --request --resolve --retry --retry-delay
    --retry-max-time --socks5 --socks5-hostname --speed-limit --speed-time --stderr --tls-max
    --tls13-ciphers --trace --trace-ascii --trace-config --unix-socket --upload-file --url --url-query
    --user --user-agent --variable --write-out --header --proxy-header --cookie --referer --oauth2-bearer
    --data --data-ascii --data-raw --data-binary --json --delegation --egd-file --engine --etag-compare
    --etag-save --ftp-port --login-options --mail-from --mail-rcpt --preproxy --pubkey --random-file
    --request-target --sasl-authzid --service-name --telnet-option --time-cond --tlsuser --tlspassword
    --alt-svc --hsts --ip-tos
    """.split()  # noqa: SIM905
)
_FLAGS = frozenset(
    """--compressed --insecure --silent --show-error --no-buffer --location --include --verbose --fail
    --fail-with-body --http1.1 --http2 --http1.0 --globoff --get --head --ipv4 --ipv6 --progress-bar
    --no-progress-meter --location-trusted --remote-name --next --parallel --tcp-nodelay --keepalive
    --http2-prior-knowledge --ssl-no-revoke --no-keepalive --tlsv1.2 --tlsv1.3 --retry-all-errors
    --retry-connrefused --netrc --negotiate --ntlm --digest --basic --anyauth --path-as-is --no-sessionid
    --create-dirs --raw --tr-encoding --disable --proxy-insecure --remove-on-error --styled-output
    """.split()  # noqa: SIM905
)
_LONG = {
    **{"H": "--header", "d": "--data", "X": "--request", "u": "--user", "b": "--cookie", "A": "--user-agent"},
    **{"e": "--referer", "k": "--insecure", "s": "--silent", "S": "--show-error", "N": "--no-buffer"},
    **{"L": "--location", "i": "--include", "v": "--verbose", "f": "--fail", "g": "--globoff", "G": "--get"},
    **{"I": "--head", "4": "--ipv4", "6": "--ipv6", "o": "--output", "x": "--proxy", "U": "--proxy-user"},
    **{"m": "--max-time", "w": "--write-out", "D": "--dump-header", "c": "--cookie-jar", "K": "--config"},
    **{"F": "--form", "T": "--upload-file", "E": "--cert", "C": "--continue-at", "r": "--range"},
    **{"y": "--speed-time", "Y": "--speed-limit", "z": "--time-cond", "Q": "--quote", "t": "--telnet-option"},
    **{"#": "--progress-bar", "O": "--remote-name", "n": "--netrc", "0": "--http1.0", "q": "--disable"},
    **{":": "--next", "Z": "--parallel"},
}
_SECRET = {
    "--user": "the user name and password of -u",
    "--oauth2-bearer": "the bearer token",
    "--proxy-user": "the password of the proxy",
    "--cookie": "the cookies of -b",
    "--pass": "the passphrase of a key",
    "--proxy-pass": "the passphrase of a key",
    "--tlspassword": "the password of TLS",
    "--aws-sigv4": "the provider of a signature",
}


@dataclass(slots=True)
class CurlRequest:
    """What a command sends. `body` is None where it has none that stands in the command.

    `body_word` are the numbers of the words from which the body was made. `secrets` names what was not kept,
    `unread` what can't be known from the command itself.
    """

    urls: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    method: str = ""
    body: str | None = None
    body_words: list[int] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_words(words: Sequence[str], document: str | None = None) -> list[CurlRequest]:
    """The requests of one command: the words behind `curl`; `--next` begins another. Latin-1 for bytes.

    `document` is what stands in a here-document, for `@-`.
    """
    requests = [_Reading(document)]
    index = 1
    while index < len(words):
        word = words[index]
        if word in ("--next", "-:"):
            requests.append(_Reading(document))
            index += 1
        else:
            index = requests[-1].take(words, index)
    return [reading.request for reading in requests]


class _Reading:
    def __init__(self, document: str | None) -> None:
        self.request = CurlRequest()
        self._document = document
        self._parts: list[str] = []

    def take(self, words: Sequence[str], index: int) -> int:
        """Read the option, or the address, at an index; return the next index."""
        word = words[index]
        if not word.startswith("-") or word == "-":
            self.request.urls.append(word)
            return index + 1
        if word.startswith("--"):
            return self._option(word, words, index + 1, None)
        return self._cluster(word, words, index)

    def _cluster(self, word: str, words: Sequence[str], index: int) -> int:
        """Short options, several in one word: -sSNXPOST."""
        for at, letter in enumerate(word[1:], 1):
            name = _LONG.get(letter)
            if name is None:
                self._unknown(f"-{letter}")
            elif name in _WITH_VALUE:
                rest = word[at + 1 :]
                return self._option(name, words, index if rest else index + 1, rest or None)
        return index + 1

    def _option(self, name: str, words: Sequence[str], index: int, value: str | None) -> int:
        """A long option whose value, if it takes one, is `value` or the word at `index`."""
        if name not in _WITH_VALUE:
            if name not in _FLAGS and not name.startswith("--no-"):
                self._unknown(name.split("=", 1)[0])
            return index
        if value is None and index >= len(words):
            self._unknown(f"{name} without its value")
            return index
        self._use(name, words[index] if value is None else value, index)
        return index + 1

    def _use(self, name: str, value: str, index: int) -> None:
        request = self.request
        if name in _BODY:
            self._data(name, value, index)
        elif name == "--header":
            self._header(value)
        elif name == "--request":
            request.method = value
        elif name == "--url":
            request.urls.append(value)
        elif name in _SECRET:
            request.secrets.append(_SECRET[name])
        elif name in (
            "--data-urlencode",
            "--form",
            "--form-string",
            "--upload-file",
            "--config",
            "--variable",
        ):
            request.unread.append(f"{name}: only bodies that stand in the command are read")
        elif name == "--proxy" and "@" in value:
            request.secrets.append("the password of the proxy")

    def _header(self, value: str) -> None:
        if value.startswith("@"):
            self.request.unread.append(f"the headers in the file {value[1:]}, which is not opened")
            return
        name, colon, content = value.partition(":")
        if colon:
            self.request.headers.append((name.strip(), content.strip()))

    def _data(self, name: str, value: str, index: int) -> None:
        request = self.request
        if value.startswith("@") and name != "--data-raw":
            if value != "@-" or self._document is None:
                where = "standard input" if value == "@-" else f"the file {value[1:]}"
                request.unread.append(f"the body in {where}, which is not opened")
                return
            value = self._document
            if name in ("--data", "--data-ascii"):
                value = value.replace("\r", "").replace("\n", "").replace("\0", "")
        if name == "--json":
            request.headers += [("content-type", "application/json"), ("accept", "application/json")]
        glue = "" if name == "--json" or request.body is None else "&"
        request.body = (request.body or "") + glue + value
        request.body_words.append(index)

    def _unknown(self, name: str) -> None:
        self.request.unread.append(f"the option {name[:40]}")
