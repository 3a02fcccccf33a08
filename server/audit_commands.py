"""Commands for the audit trail: verify-audit and purge-audit."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from resolvers import chain_checks, retention
from resolvers.chain_checks import Break
from resolvers.operating import licences_of
from resolvers.ports import Ports
from server.running import CannotRun
from server.terminal import operate, progress

# Whoever breaks in must not be able to take the traces of it away at once.
LEAST_DAYS: Final = 30
MOST_DAYS: Final = 36_500
commands = typer.Typer()
HeadsOf = dict[UUID, dict[int, bytes]]


@commands.command()
def verify_audit(
    slug: Annotated[str | None, typer.Argument(help="Of this licence alone, by its short name.")] = None,
    *,
    heads: Annotated[
        Path | None, typer.Option(help="The file that KLUIS_AUDIT_HEADS names, or a copy of it.")
    ] = None,
) -> None:
    """Compute the chains of the audit trail again, and name the first event that is not as it was."""

    async def verified(ports: Ports) -> None:
        written = heads_in(heads) if heads else {}
        licences = await licences_of(ports, slug)
        total = sum([await chain_checks.count(ports.database, it) for it in licences])
        found: dict[str, Break | None] = {}
        with progress("Checking", total) as went_on:
            for key, name in licences.items():
                of_licence = written.get(key, {})
                found[name] = await chain_checks.check(ports.database, key, of_licence, went_on)
        for name, broken in found.items():
            typer.echo(f"{name}: BROKEN {broken}" if broken else f"{name}: whole")
        if any(found.values()):
            raise typer.Exit(1)

    operate(verified)


def heads_in(path: Path) -> HeadsOf:
    """Return the heads in a file, by their licences and numbers. Raise CannotRun."""
    found: defaultdict[UUID, dict[int, bytes]] = defaultdict(dict)
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            said: dict[str, Any] = json.loads(line)
            found[UUID(said["licence"])][int(said["number"])] = bytes.fromhex(said["digest"])
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CannotRun(f"{path}: this is not a file of heads.") from None
    return found


@commands.command()
def purge_audit(
    slug: Annotated[str, typer.Argument(help="The licence's short name.")],
    days: Annotated[
        int, typer.Argument(min=LEAST_DAYS, max=MOST_DAYS, help="Events that are older than so many days go.")
    ],
) -> None:
    """Take old events away for good; the chain goes on behind them, and an event says so."""

    async def purged(ports: Ports) -> None:
        (licence_id,) = await licences_of(ports, slug)
        before = ports.clock.now() - timedelta(days=days)
        gone = await retention.purge(ports, licence_id, before)
        typer.echo(f"{gone} events of {slug} are gone.")

    operate(purged)
