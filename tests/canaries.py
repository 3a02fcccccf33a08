"""The secrets of the tests, and a watch that lets a test fail in which one of them is logged."""

import logging
import re
from typing import Any, Final

import pytest

from tests.world import PASSWORD

# Passwords that people have or type in tests. A test says that none is missing here.
PASSWORDS: Final = (
    PASSWORD,
    "vier groene olifanten dansen",
    "zeilboot kever mist",
    "lantaarn pinguin wolkbreuk",
    "regenjas en een tuinslang",
)
# What the product makes is known by its shape alone.
SHAPES: Final = re.compile(
    r"""
    (?<![\w-]) (?=[\w-]*[A-Z]) [\w-]{64} (?![\w-])             # a token: of a session, a challenge, a link
    | kluis_pk_[0-9a-f]{12}_[\w-]                              # an API key, more than its prefix
    | (?<![\w-]) [2-9a-z]{4} (?:-[2-9a-z]{4}){2} -[2-9a-z]{5} (?![\w-])  # a first password
    | (?<![\w-]) [2-7a-z]{4} (?:-[2-7a-z]{4}){3} (?![\w-])     # a recovery code
    | [?&]secret=[A-Z2-7]{32}                                  # what an app reads
    """,
    re.VERBOSE | re.ASCII,
)


# What programs write that only tests use to ask with.
CLIENTS: Final = ("httpx", "httpcore", "websockets.client")


class Watch:
    """Makes the records of `logging`, whoever writes them and wherever they go, and remembers bad ones."""

    def __init__(self) -> None:
        self.leaks: list[str] = []

    def __call__(self, *said: Any, **named: Any) -> logging.LogRecord:
        """Return the record that `logging` asks for."""
        record = logging.LogRecord(*said, **named)
        text = text_of(record)
        # A copy of a record is made without a name at first.
        if not str(record.name).startswith(CLIENTS) and holds_secret(text):
            self.leaks.append(f"{record.levelname} of {record.name}: {text}")
        return record

    def begin(self, config: pytest.Config) -> None:
        """Watch from now on, at every level; `caplog` sees what it would see without."""
        logging.setLogRecordFactory(self)
        logging.getLogger().setLevel(logging.DEBUG)
        config.option.log_level = config.option.log_level or "WARNING"

    def insist(self, report: pytest.TestReport) -> None:
        """Let a test fail in whose setup, call or teardown a secret was logged."""
        leaks, self.leaks = self.leaks, []
        if leaks:
            report.outcome = "failed"
            report.longrepr = "\n".join(["a secret was logged", *leaks])


def holds_secret(text: str) -> bool:
    """Return whether a password of the tests, or what looks like a secret, stands in a text."""
    return SHAPES.search(text) is not None or any(it in text for it in PASSWORDS)


def text_of(record: logging.LogRecord) -> str:
    """Return what any log would show of a record, with the words of its exception."""
    try:
        return logging.Formatter().format(record)
    except (KeyError, TypeError, ValueError):
        # Its words do not fit what they are about; whoever keeps it says so.
        return f"{record.msg} {record.args}"
