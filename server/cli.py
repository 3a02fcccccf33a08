"""The command line: run the demo or a server, migrate, export the schema, found a licence."""

from pathlib import Path
from typing import Annotated

import typer

import schema
from core.viewer import Language
from resolvers import operating
from resolvers.operating import FirstSecret
from resolvers.ports import Ports
from resolvers.staff_accounts import NewAccount
from server import (
    audit_commands,
    audit_export,
    backup_commands,
    crew,
    export_commands,
    file_commands,
    import_commands,
    running,
    scaling_commands,
)
from server.running import CannotRun
from server.terminal import operate, run, said_in_one_line

MOST_SEATS = 1_000_000
MOST_WORKERS = 64
SCHEMA_FILE = Path(__file__).parent.parent / "schema.graphql"
app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False)
app.add_typer(file_commands.commands)
app.add_typer(audit_commands.commands)
app.add_typer(backup_commands.commands)
app.add_typer(scaling_commands.commands)
app.add_typer(import_commands.commands, name="import")
export_commands.commands.add_typer(audit_export.commands)
app.add_typer(export_commands.commands, name="export")


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """The client portal of a financial-planning firm, as a GraphQL API."""
    if context.invoked_subcommand is None:
        demo()


@app.command()
def demo() -> None:
    """Run the server with a demo world, on nothing but this machine."""
    start(is_demo=True)


@app.command()
def serve(
    *,
    workers: Annotated[
        int, typer.Option(min=1, max=MOST_WORKERS, help="How many processes answer, on one port.")
    ] = 1,
) -> None:
    """Run the server."""
    start(is_demo=False, workers=workers)


def start(*, is_demo: bool, workers: int = 1) -> None:
    """Run the server until it is told to stop."""
    with said_in_one_line() as given:
        if not is_demo and given.smtp_url is None:
            raise CannotRun("KLUIS_SMTP_URL: a server needs a mail relay, such as smtp://relay.example:25.")
        with running.listen(given) as listening:
            known = running.on_port_of(given, listening)
            with running.database(known) as url:
                if workers > 1:
                    run(running.migrate(url))
                    crew.serve(known, url, listening, workers)
                else:
                    run(running.serve(known, url, listening, is_demo=is_demo))


@app.command()
def worker() -> None:
    """Deliver letters, beside servers or without one."""
    with said_in_one_line() as given:
        if given.smtp_url is None:
            raise CannotRun("KLUIS_SMTP_URL: the worker needs a mail relay, such as smtp://relay.example:25.")
        with running.database(given) as url:
            run(running.deliver(given, url, given.smtp_url))


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables."""
    with said_in_one_line() as given, running.database(given) as url:
        run(running.migrate(url))


@app.command()
def export_schema(
    *,
    check: Annotated[bool, typer.Option(help="Only tell whether the file is current.")] = False,
) -> None:
    """Write the GraphQL schema to schema.graphql."""
    current = schema.sdl()
    if not check:
        SCHEMA_FILE.write_text(current)
    elif not SCHEMA_FILE.exists() or SCHEMA_FILE.read_text() != current:
        typer.echo("schema.graphql is not current. Run: make schema", err=True)
        raise typer.Exit(1)


@app.command()
def create_licence(
    slug: Annotated[str, typer.Argument(help="A short name: small letters, digits and hyphens.")],
    name: Annotated[str, typer.Argument(help="The firm's name, as its mails show it.")],
) -> None:
    """Add a firm, with its groups, its business unit and its first categories."""

    async def create(ports: Ports) -> None:
        await operating.create_licence(ports, slug, name)
        typer.echo(f"{name} is there, as {slug}. Now: python3 run.py create-administrator {slug} ...")

    operate(create)


Slug = Annotated[str, typer.Argument(help="The licence's short name.")]


@app.command()
def create_administrator(
    slug: Slug,
    username: Annotated[str, typer.Argument(help="An e-mail address: the user name.")],
    given_name: Annotated[str, typer.Argument(help="Voornaam.")],
    family_name: Annotated[str, typer.Argument(help="Familienaam.")],
    *,
    language: Annotated[
        Language, typer.Option(case_sensitive=False, help="Of messages and mails.")
    ] = Language.NL,
    mail: Annotated[bool, typer.Option(help="Mail a first password, instead of asking for one.")] = False,
) -> None:
    """Add somebody who administers a licence."""
    said = NewAccount(username, given_name, family_name, language)
    password: str | None = None
    if not mail:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)

    async def create(ports: Ports) -> None:
        await operating.create_administrator(ports, slug, said, password)
        typer.echo(f"{username} administers {slug}." + (" A first password is on its way." if mail else ""))

    operate(create)


@app.command()
def set_client_logins(
    slug: Slug,
    seats: Annotated[int, typer.Argument(min=0, max=MOST_SEATS, help="How many clients may have access.")],
) -> None:
    """Set how many client logins a licence has (50 at first)."""

    async def set_them(ports: Ports) -> None:
        await operating.set_client_logins(ports, slug, seats)
        typer.echo(f"{slug} has {seats} client logins.")

    operate(set_them)


@app.command()
def set_rules(
    slug: Slug,
    *,
    first_secret: Annotated[
        FirstSecret | None,
        typer.Option(case_sensitive=False, help="What new accounts are mailed: a password, or a link."),
    ] = None,
    staff_two_factor: Annotated[
        bool | None,
        typer.Option(
            "--staff-two-factor/--no-staff-two-factor", help="Whether its staff must have a second factor."
        ),
    ] = None,
    active_files: Annotated[
        bool | None,
        typer.Option(
            "--active-files/--no-active-files",
            help="Whether it takes SVG, HTML, scripts and office files with macros, to be downloaded only.",
        ),
    ] = None,
    changes_kept_days: Annotated[
        int | None,
        typer.Option(min=1, max=365, help="For how many days programs can read what changed (30 at first)."),
    ] = None,
) -> None:
    """Set what a licence mails to new accounts, demands of its staff, takes and keeps."""

    async def set_them(ports: Ports) -> None:
        await operating.set_rules(
            ports,
            slug,
            first_secret=first_secret,
            staff_need_two_factor=staff_two_factor,
            accepts_active_files=active_files,
            changes_kept_days=changes_kept_days,
        )
        typer.echo(f"The rules of {slug} are set.")

    operate(set_them)


@app.command()
def set_mail(
    slug: Slug,
    *,
    sender: Annotated[
        str | None, typer.Option(help="Whom its letters come from; '' for the installation's own address.")
    ] = None,
    reply_to: Annotated[
        str | None, typer.Option(help="Whom answers go to; '' for the sender of the letter.")
    ] = None,
) -> None:
    """Set whom a licence's letters come from, and whom answers to them go to."""

    async def set_them(ports: Ports) -> None:
        await operating.set_mail(ports, slug, sender=sender, reply_to=reply_to)
        typer.echo(f"The mail addresses of {slug} are set.")

    operate(set_them)


@app.command()
def end_sessions(
    slug: Slug,
    username: Annotated[str | None, typer.Argument(help="Of this account alone.")] = None,
) -> None:
    """Sign everybody of a licence out, or one account."""

    async def end(ports: Ports) -> None:
        ended = await operating.end_sessions(ports, slug, username)
        typer.echo(f"{ended} sessions have ended.")

    operate(end)


if __name__ == "__main__":
    app(prog_name="python3 run.py")
