"""Whatever is logged while a block runs, by whoever writes, at the lowest level of each."""

import logging
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from tests.canaries import CLIENTS, text_of

# The product sets the level of these by itself, since they write what others say: lines of a letter, parts of
# a form, addresses that are asked for.
SET_BY_US: Final = {
    "mail.log": logging.WARNING,
    "python_multipart": logging.ERROR,
    "uvicorn.access": logging.WARNING,
}
# Parts of a second could be somebody's code.
MOMENT: Final = re.compile(r"datetime\.datetime\([^)]*\)")


class Heard:
    """Makes the records of `logging`, and keeps what every one of them would tell."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: set[str] = set()

    def __call__(self, *said: object) -> logging.LogRecord:
        """Return the record that `logging` asks for."""
        record = logging.LogRecord(*said)  # pyright: ignore[reportArgumentType]  what it is asked with
        if not str(record.name).startswith(CLIENTS):
            self.names.add(record.name)
            self.lines.append(MOMENT.sub("a moment", f"{record.name} {text_of(record)}"))
        return record

    @property
    def text(self) -> str:
        """Return all that was told."""
        return "\n".join(self.lines)


@contextmanager
def listening() -> Generator[Heard]:
    """Yield what is heard of all loggers that there are now, and of the root."""
    heard, factory = Heard(), logging.getLogRecordFactory()
    known = [it for it in logging.root.manager.loggerDict.values() if isinstance(it, logging.Logger)]
    loggers = [logging.root, *(it for it in known if it.name not in SET_BY_US)]
    before = [(it, it.level) for it in loggers]
    for it in loggers:
        it.setLevel(logging.DEBUG)
    logging.setLogRecordFactory(heard)
    try:
        yield heard
    finally:
        logging.setLogRecordFactory(factory)
        for it, level in before:
            it.setLevel(level)
