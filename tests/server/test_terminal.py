"""The terminal: whoever says stop is understood, whatever was under way."""

import pytest
import typer

from server import terminal


def test_whoever_interrupts_a_command_ends_it_with_a_status_of_its_own() -> None:
    async def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as ended:
        terminal.run(interrupted())
    assert ended.value.exit_code == terminal.INTERRUPTED == 130
