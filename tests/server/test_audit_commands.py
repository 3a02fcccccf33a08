"""The audit trail as the operator checks it, writes it into files, and takes old events away."""

import csv
import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import Event
from server.sealing import Sealer
from tests.api import Api
from tests.conftest import SetClock
from tests.journeys.rows import rows
from tests.models.catalogue import asked
from tests.resolvers.chains import broken, happen, sealed, seals
from tests.server.commands import Types


def sealer(api: Api, heads: Path | str | None = None) -> Sealer:
    return Sealer(api.ports.database, api.ports.clock, str(heads) if heads else None)


async def told(types: Types, *arguments: str, status: int = 0) -> list[str]:
    """Return the lines that a command tells."""
    result = await types(*arguments)
    assert result.exit_code == status, result.output
    return result.stdout.splitlines()


async def test_a_whole_trail_is_said_to_be_whole(api: Api, types: Types) -> None:
    await happen(api, "one", "two")
    assert await sealer(api).seal() == 2
    assert await told(types, "verify-audit") == ["de-linde: whole", "het-ander: whole"]
    assert await told(types, "verify-audit", "het-ander") == ["het-ander: whole"]


async def test_the_first_event_that_was_changed_is_named(api: Api, types: Types, database_url: str) -> None:
    await happen(api, "one", "two", "three")
    await sealed(api)
    await asked(database_url, "UPDATE event SET kind = 'nothing' WHERE kind <> 'one'")
    key = (await seals(api))[1].event_id
    assert await told(types, "verify-audit", "de-linde", status=1) == [
        f"de-linde: BROKEN event 2 ({key}): it, or its place in the chain, is not what was sealed"
    ]


@pytest.mark.usefixtures("world")
async def test_a_licence_that_there_is_not_has_no_trail(types: Types) -> None:
    for command in (["verify-audit", "x"], ["purge-audit", "x", "90"], ["export", "audit", "x", "y.csv"]):
        result = await types(*command)
        assert result.stderr.endswith("kluis: There is no licence with this short name.\n")
        assert result.exit_code == 1


async def test_the_heads_are_written_when_the_chains_have_grown(
    api: Api, types: Types, tmp_path: Path, database_url: str
) -> None:
    # given
    path = tmp_path / "heads.jsonl"
    writing = sealer(api, path)
    assert await writing.write_heads() == 0
    assert not path.exists()
    await happen(api, "one")
    await sealed(api)
    assert [await writing.write_heads() for _ in range(2)] == [1, 0]
    await happen(api, "two")
    await sealed(api)
    assert await writing.write_heads() == 1
    # when
    lines = [json.loads(it) for it in path.read_text().splitlines()]
    # then
    assert [(it["number"], it["digest"]) for it in lines] == [
        (it.number, it.digest.hex()) for it in await seals(api)
    ]
    assert {it["licence"] for it in lines} == {str(api.world.firm.licence_id)}
    assert path.stat().st_mode & 0o777 == 0o600
    said = ["verify-audit", "de-linde", "--heads", str(path)]
    assert await told(types, *said) == ["de-linde: whole"]
    for table in ("event", "event_seal", "event_chain"):
        await asked(database_url, f"DELETE FROM {table}")  # noqa: S608
    ends = "the chain ends before it, and event 2 had a head that was written elsewhere"
    assert await told(types, *said, status=1) == [f"de-linde: BROKEN event 1: {ends}"]


async def test_the_heads_go_to_the_log_where_that_is_said(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    await happen(api, "one")
    await sealed(api)
    with caplog.at_level(logging.DEBUG, logger="kluis.audit"):
        assert await sealer(api, "log").write_heads() == 1
    assert f'"digest": "{(await seals(api))[0].digest.hex()}"' in caplog.text


async def test_a_file_that_can_not_be_written_is_told_in_the_log_and_tried_again(
    api: Api, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await happen(api, "one")
    await sealed(api)
    writing = sealer(api, tmp_path / "there" / "heads.jsonl")
    assert await writing.write_heads() == 0
    assert "can not be written: No such file or directory" in caplog.text
    (tmp_path / "there").mkdir()
    assert await writing.write_heads() == 1


def test_heads_are_written_only_where_it_is_said(api: Api) -> None:
    assert [len(sealer(api, it).rounds()) for it in (None, "log")] == [1, 2]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"licence": "x", "number": 1, "digest": ""}'])
async def test_what_is_no_file_of_heads_is_refused(types: Types, tmp_path: Path, text: str) -> None:
    path = tmp_path / "heads"
    path.write_text(f"{text}\n")
    result = await types("verify-audit", "--heads", str(path))
    assert (result.exit_code, result.stderr) == (1, f"kluis: {path}: this is not a file of heads.\n")
    path.unlink()
    result = await types("verify-audit", "--heads", str(path))
    assert (result.exit_code, result.stderr) == (1, f"kluis: {path}: No such file or directory\n")


async def test_old_events_are_taken_away_by_command(
    api: Api, types: Types, tmp_path: Path, clock: SetClock
) -> None:
    path = tmp_path / "heads"
    await happen(api, "one", "two")
    await sealed(api)
    await sealer(api, path).write_heads()
    clock.advance(timedelta(days=91))
    await happen(api, "three")
    await sealed(api)
    assert await told(types, "purge-audit", "de-linde", "90") == ["2 events of de-linde are gone."]
    await sealed(api)
    assert await told(types, "verify-audit", "de-linde", "--heads", str(path)) == ["de-linde: whole"]
    assert {it.kind for it in await rows(api, Event)} == {"three", "audit.purged"}
    assert (await types("purge-audit", "de-linde", "29")).exit_code == 2


async def test_the_trail_is_exported_as_a_table_and_as_lines(api: Api, types: Types, tmp_path: Path) -> None:
    # given
    anna = str(api.world.accounts["anna"].id)
    await happen(api, "account.blocked", account=anna, note="één", rights=3)
    document = (await api.upload("bert", "a.txt", b"A paper"))["document"]["id"]
    # when
    table, lines = tmp_path / "audit.csv", tmp_path / "audit.jsonl"
    assert await told(types, "export", "audit", "de-linde", str(table)) == ["3 events are written."]
    assert await told(types, "export", "audit", "de-linde", str(lines)) == ["4 events are written."]
    # then
    with table.open(newline="", encoding="utf-8") as file:
        found: list[dict[str, Any]] = list(csv.DictReader(file))
    said = [json.loads(it) for it in lines.read_text(encoding="utf-8").splitlines()]
    assert [it["kind"] for it in said] == [
        "account.blocked",
        "document.uploaded",
        "audit.exported",
        "audit.exported",
    ]
    blocked, uploaded = said[:2]
    assert blocked["details"] == {
        "account": api.id("Account", api.world.accounts["anna"].id),
        "note": "één",
        "rights": "3",
    }
    assert (blocked["username"], blocked["document"]) == (None, None)
    assert (uploaded["username"], uploaded["document"]) == ("bert@callewaert.example", document)
    assert uploaded["account"] == api.id("Account", api.world.accounts["bert"].id)
    assert uploaded["occurred_at"] == api.ports.clock.now().isoformat()
    for row_, line in zip(found, said, strict=False):
        assert json.loads(row_.pop("details")) == line.pop("details")
        assert row_ == {name: "" if it is None else str(it) for name, it in line.items()}
    assert [it["digest"] for it in said] == [it.digest.hex() for it in await seals(api)]
    assert await broken(api) is None


@pytest.mark.usefixtures("world")
async def test_a_file_that_can_not_be_written_is_told_in_one_line(types: Types, tmp_path: Path) -> None:
    for name in ("x.csv", "x.jsonl"):
        path = tmp_path / "nowhere" / name
        result = await types("export", "audit", "de-linde", str(path))
        assert result.exit_code == 1
        assert result.stderr.endswith(f"kluis: {path}: No such file or directory\n")


async def test_what_the_operator_does_is_remembered(api: Api, types: Types, tmp_path: Path) -> None:
    said = {
        "create-administrator": [
            "create-administrator",
            "de-linde",
            "x@de-linde.example",
            "X",
            "Y",
            "--mail",
        ],
        "set-client-logins": ["set-client-logins", "de-linde", "60"],
        "set-rules": ["set-rules", "de-linde", "--staff-two-factor"],
        "set-mail": ["set-mail", "de-linde", "--sender", "post@de-linde.example"],
        "end-sessions": ["end-sessions", "de-linde"],
        "rotate-keys": ["rotate-keys"],
        "rotate-keys --drop-old": ["rotate-keys", "--drop-old"],
        "export relations": [
            *["export", "relations", "de-linde", str(tmp_path / "x.csv")],
            *["--as", "anna@de-linde.example"],
        ],
        "import relations": [
            *["import", "relations", "de-linde", str(tmp_path / "x.csv")],
            *["--as", "anna@de-linde.example", "--dry-run"],
        ],
        "export audit": ["export", "audit", "de-linde", str(tmp_path / "audit.csv")],
    }
    before = list[str]()
    left: dict[str, list[str]] = {}
    for name, arguments in said.items():
        assert (await types(*arguments)).exit_code == 0, name
        kinds = [it.kind for it in sorted(await rows(api, Event), key=lambda it: it.id)]
        left[name], before = kinds[len(before) :], kinds
    assert left == {
        "create-administrator": ["account.created"],
        "set-client-logins": ["licence.client_logins_set"],
        "set-rules": ["licence.rules_set"],
        "set-mail": ["licence.mail_set"],
        "end-sessions": ["sessions.ended"],
        "rotate-keys": ["keys.rotated"],
        "rotate-keys --drop-old": ["keys.dropped"],
        "export relations": ["command.run", "relations.exported"],
        "import relations": ["command.run"],
        "export audit": ["audit.exported"],
    }
    run = await rows(api, Event, kind="command.run")
    assert {it.details["command"] for it in run} == {"export relations", "import relations"}
    assert {it.details["account"] for it in run} == {str(api.world.accounts["anna"].id)}


async def test_that_a_firm_was_added_is_the_first_thing_in_its_trail(api: Api, types: Types) -> None:
    await told(types, "create-licence", "het-derde", "Het Derde Kantoor")
    (key,) = await api.ports.database.licence_ids("het-derde")
    (found,) = await asked(
        str(api.ports.database.engine.url.render_as_string(hide_password=False)),
        "SELECT kind, details FROM event WHERE licence_id = :licence",
        licence=key,
    )
    assert found == {"kind": "licence.created", "details": {"slug": "het-derde"}}
