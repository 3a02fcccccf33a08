"""What the demo tells when it starts: where things are and who can sign in, on the terminal and as a file."""

import json
import os
import secrets
from collections.abc import Mapping
from typing import TypedDict
from uuid import UUID

from rich.console import Console
from rich.table import Table

from auth.opaque_ids import OpaqueIds
from demo import world
from server.settings import Settings

WIDTH = 200
WHO = {
    "administrator": "Arthur, who administers the licence",
    "advisor": "Anna, an advisor",
    "client": "Bert, a client",
    "partner": "Carla, his partner",
    "outsider": "Dirk, a client of another dossier",
}


class DemoAccount(TypedDict):
    """Who can sign in."""

    username: str
    password: str
    id: str


class Facts(TypedDict):
    """What `demo.json` holds."""

    graphql: str
    portal: str
    console: str
    mail: str
    accounts: dict[str, DemoAccount]


def tell(settings: Settings, accounts: Mapping[str, UUID], ids: OpaqueIds) -> None:
    """Write `demo.json`, and print the same for people."""
    said = facts(settings, accounts, ids)
    keep(settings, said)
    # Addresses are copied from the terminal: wide enough that none is ever broken or cut.
    show(said, Console(width=WIDTH))


def facts(settings: Settings, accounts: Mapping[str, UUID], ids: OpaqueIds) -> Facts:
    """Return where things are and who can sign in."""
    written = ids.write("Account", list(accounts.values()))
    return {
        "graphql": f"{settings.public_url}/graphql",
        "portal": f"{settings.public_url}/portal",
        "console": f"{settings.public_url}/console",
        "mail": str((settings.home / "mail").resolve()),
        "accounts": {
            role: {"username": world.ROLES[role], "password": world.PASSWORD, "id": id_}
            for role, id_ in zip(accounts, written, strict=True)
        },
    }


def keep(settings: Settings, said: Facts) -> None:
    """Write the facts to `demo.json` in the home folder: whole at once, for the owner's eyes only."""
    path = settings.home / "demo.json"
    draft = path.with_name(f"demo.json.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(said, file, indent=2)
    draft.replace(path)


def show(said: Facts, console: Console) -> None:
    """Print the facts for people."""
    console.print("\n[bold]Kluis[/bold] runs, with a demo world of invented people.\n")
    places = Table.grid(padding=(0, 3))
    places.add_row("Portal", said["portal"])
    places.add_row("Console", said["console"])
    places.add_row("GraphQL", said["graphql"])
    places.add_row("Mail", said["mail"])
    console.print(places)
    people = Table.grid(padding=(0, 3))
    for role, account in said["accounts"].items():
        people.add_row(account["username"], account["password"], WHO[role])
    console.print("\nWho can sign in:\n")
    console.print(people)
    console.print("\nStop it with Ctrl+C.")
