"""The command for more than one machine: scale-out, which prints statements or an estimate."""

from typing import Annotated

import typer

from models import distribution
from server.capacity import Habits, Measured, estimate, table

FIRMS = (1, 100, 1_000, 10_000, 100_000)
MOST_SHARDS = 32_000
commands = typer.Typer()


@commands.command()
def scale_out(  # noqa: PLR0913  # each is an option of the command
    *,
    prints: Annotated[
        bool, typer.Option("--print", help="The statements that spread the tables over a Citus cluster.")
    ] = False,
    shards: Annotated[
        int, typer.Option(min=1, max=MOST_SHARDS, help="Into how many pieces the firms fall.")
    ] = distribution.SHARDS,
    estimates: Annotated[
        bool, typer.Option("--estimate", help="What so many firms take, as a table.")
    ] = False,
    server_ms: Annotated[
        float, typer.Option(min=0, help="Measured: CPU of a server for an operation.")
    ] = Measured().server_ms,
    database_ms: Annotated[
        float, typer.Option(min=0, help="Measured: CPU of the database for it.")
    ] = Measured().database_ms,
    document_bytes: Annotated[
        int, typer.Option(min=0, help="Measured: bytes of the database for a document.")
    ] = Measured().document_bytes,
    round_us: Annotated[
        float, typer.Option(min=0, help="Measured: microseconds of the database to pass by a quiet firm.")
    ] = Measured().round_us,
    event_us: Annotated[
        float, typer.Option(min=0, help="Measured: microseconds of the database to pass by a sealed event.")
    ] = Measured().event_us,
) -> None:
    """Print the statements that spread the tables over nodes, or what firms take. It changes nothing."""
    if prints == estimates:
        raise typer.BadParameter("either --print or --estimate")
    if prints:
        typer.echo(";\n".join(distribution.statements(shards=shards)) + ";")
    else:
        measured = Measured(server_ms, database_ms, document_bytes, round_us, event_us)
        typer.echo(table([estimate(it, measured, Habits()) for it in FIRMS]))
