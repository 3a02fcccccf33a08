"""Relays: which mail server a URL names, and how well the way to it is guarded."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

# RFC 6409 (submission) and RFC 8314 (submissions).
PORTS = {"smtp": 587, "smtps": 465}
START_TLS = {"required": True, "optional": None, "off": False}


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server that takes our letters."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    is_encrypted: bool
    """TLS from the first byte on."""
    start_tls: bool | None
    """True demands STARTTLS, None takes it where it is offered, False does without."""

    @classmethod
    def parse(cls, url: str) -> "Relay":
        """Return the relay that `smtp[s]://user:password@host:port?starttls=required|optional|off` names.

        Raises ValueError, which never quotes the URL, for another scheme or option, and where a password
        would go over the network in the clear. Without the option STARTTLS is required.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("the mail server's URL must be smtp://host or smtps://host")
        relay = cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            username=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
            is_encrypted=parts.scheme == "smtps",
            start_tls=start_tls_of(parts),
        )
        relay.refuse_to_whisper_aloud()
        return relay

    def refuse_to_whisper_aloud(self) -> None:
        """Raise ValueError where a listener on the network could read the password."""
        guarded = self.is_encrypted or self.start_tls is True or is_loopback(self.host)
        if self.password is not None and not guarded:
            raise ValueError("a password for the mail server needs smtps:// or starttls=required")


def start_tls_of(parts: SplitResult) -> bool | None:
    """Return what the URL's one option asks for; raises ValueError for what nobody knows."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    wish = options.pop("starttls", "off" if parts.scheme == "smtps" else "required")
    if options or wish not in START_TLS:
        raise ValueError("the mail server's URL takes one option: starttls=required, optional or off")
    if parts.scheme == "smtps" and wish != "off":
        raise ValueError("smtps:// is encrypted from the start and takes no starttls")
    return START_TLS[wish]


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
