"""What the caller can put right."""

from typing import Any


class Refused(Exception):
    """A mutation changed nothing, and says what is to be put right."""

    def __init__(self, mistakes: list[Any]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes
