"""Whatever is changed behind the product's back, the check of the chain names the first place that broke."""

from collections import namedtuple
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from resolvers.chain_checks import Break, Walk, check_as_read, count
from resolvers.event_chain import digest_of
from tests.api import Api
from tests.models.catalogue import asked
from tests.resolvers.chains import broken, happen, sealed, seals

LENGTH: Final = 4
PLACES: Final = range(1, LENGTH + 1)
OURS_AT: Final = "number = {at} AND licence_id = '{licence}'"
OF_EVENT: Final = "id = (SELECT event_id FROM event_seal WHERE number = {at} AND licence_id = '{licence}')"
# Every column of an event, and of its seal, as something else than it was.
OTHER_EVENT: Final = {
    "kind": "kind || 'x'",
    "occurred_at": "occurred_at + interval '1 microsecond'",
    "account_id": "uuidv7()",
    "document_id": "uuidv7()",
    "relation_id": "uuidv7()",
    "details": """'{"version": 2}'""",
    "id": "uuidv7()",
}
OTHER_SEAL: Final = {
    "number": "number + 100",
    "event_id": "uuidv7()",
    "sealed_at": "sealed_at + interval '1 microsecond'",
    "digest": "sha256(digest)",
}
REMOVE: Final = "DELETE FROM event WHERE " + OF_EVENT  # noqa: S608
REMOVE_SEAL: Final = "DELETE FROM event_seal WHERE " + OURS_AT  # noqa: S608
# By two steps, so that no two have one number meanwhile.
OURS_FROM: Final = "number >= {at} AND licence_id = '{licence}'"
UP: Final = "UPDATE event_seal SET number = number + 1000 WHERE " + OURS_FROM  # noqa: S608
DOWN: Final = "UPDATE event_seal SET number = number - {by} WHERE " + OURS_FROM.replace("{at}", "1000")  # noqa: S608
PUT: Final = """
    WITH it AS (
        INSERT INTO event (licence_id, kind, occurred_at) VALUES ('{licence}', 'x', now())
        RETURNING licence_id, id
    ) INSERT INTO event_seal SELECT licence_id, {at}, id, now(), sha256('x') FROM it
"""
PLACE: Final = "UPDATE event_seal SET number = {to} WHERE " + OURS_AT  # noqa: S608


def faults() -> list[tuple[int, list[str]]]:
    """Return each single change, with the first place that it breaks."""
    found: list[tuple[int, list[str]]] = []
    for at in PLACES:
        for name, other in OTHER_EVENT.items():
            found.append((at, [f"UPDATE event SET {name} = {other} WHERE " + OF_EVENT]))  # noqa: S608
        for name, other in OTHER_SEAL.items():
            found.append((at, [f"UPDATE event_seal SET {name} = {other} WHERE " + OURS_AT]))  # noqa: S608
        found += [
            (at, [REMOVE]),
            (at, [REMOVE_SEAL]),
            (at, [REMOVE, REMOVE_SEAL]),
            (at, [REMOVE, REMOVE_SEAL, UP, DOWN.replace("{by}", "1001")]),
            (at, [UP, DOWN.replace("{by}", "999"), PUT]),
        ]
        moves = [(at, 1000), (other, at), (1000, other)] if (other := at + 1) in PLACES else []
        moved = [PLACE.replace("{at}", str(of)).replace("{to}", str(to)) for of, to in moves]
        found += [(at, moved)] if moved else []
    return found


async def found_on(connection: AsyncConnection, licence_id: UUID) -> Break | None:
    return await check_as_read(connection, licence_id, {}, lambda _: None)


async def test_any_single_change_removal_insertion_or_exchange_is_found_where_it_was_made(
    api: Api, database_url: str
) -> None:
    # given
    licence_id = api.world.firm.licence_id
    await happen(api, *"abcd", version=1)
    await sealed(api)
    engine = create_async_engine(database_url, poolclass=NullPool)
    async with engine.connect() as connection:
        assert await found_on(connection, licence_id) is None
        await connection.rollback()
        for at, statements in faults():
            # when
            for it in statements:
                said = it.replace("{licence}", str(licence_id)).replace("{at}", str(at))
                assert (await connection.exec_driver_sql(said)).rowcount or at == LENGTH, said
            found = await found_on(connection, licence_id)
            await connection.rollback()
            # then
            assert found is not None, statements
            assert found.number == at, (found, statements)
    await engine.dispose()
    assert await broken(api) is None


async def test_an_event_that_is_put_beside_the_chain_is_found(api: Api, database_url: str) -> None:
    await happen(api, "a")
    await sealed(api)
    put = """
        INSERT INTO event (licence_id, id, kind, occurred_at)
        VALUES (:licence, uuidv7('-2 hours'), 'x', now()) RETURNING id
    """
    (there,) = await asked(database_url, put, licence=api.world.firm.licence_id)
    assert str(await broken(api)) == f"event ({there['id']}): it is in no place of the chain"
    # Nobody seals it later.
    await happen(api, "b")
    assert await sealed(api) == 1
    assert str(await broken(api)) == f"event ({there['id']}): it is in no place of the chain"


async def test_what_waits_to_be_sealed_is_no_break(api: Api) -> None:
    assert await broken(api) is None
    await happen(api, "a")
    assert await broken(api) is None
    await sealed(api)
    await happen(api, "b")
    assert await broken(api) is None
    assert await count(api.ports.database, api.world.firm.licence_id) == 1


async def test_a_head_that_was_written_elsewhere_shows_a_chain_that_was_made_anew(
    api: Api, database_url: str
) -> None:
    await happen(api, "a", "b")
    await sealed(api)
    heads = {it.number: it.digest for it in await seals(api)}
    assert await broken(api, heads) is None
    for table in ("event_seal", "event_chain"):
        await asked(database_url, f"DELETE FROM {table}")  # noqa: S608
    await asked(database_url, "UPDATE event SET kind = 'other' WHERE kind = 'a'")
    assert await sealed(api) == 2
    assert await broken(api) is None
    assert str(await broken(api, heads)) == (
        "event 1: the chain up to here is another than was written elsewhere"
    )


async def test_a_head_that_was_written_elsewhere_shows_that_the_end_is_gone(
    api: Api, database_url: str
) -> None:
    await happen(api, "a", "b")
    await sealed(api)
    first, second = await seals(api)
    for statement in (
        "DELETE FROM event WHERE kind = 'b'",
        "DELETE FROM event_seal WHERE number = 2",
    ):
        await asked(database_url, statement)
    head = "UPDATE event_chain SET sealed_up_to = 1, digest = decode(:digest, 'hex')"
    await asked(database_url, head, digest=first.digest.hex())
    assert await broken(api) is None
    ends = "the chain ends before it, and event 2 had a head that was written elsewhere"
    assert str(await broken(api, {2: second.digest})) == f"event 2: {ends}"


async def test_a_head_of_something_else_is_found(api: Api, database_url: str) -> None:
    await happen(api, "a")
    await sealed(api)
    await asked(database_url, "UPDATE event_chain SET digest = sha256('x')")
    assert str(await broken(api)) == "event 1: the head of the chain is not that of its last event"
    await asked(database_url, "DELETE FROM event_chain")
    assert str(await broken(api)) == "event 2: the chain ends here, and had 0 events"


# the chain by itself ----------------------------------------------------------------------------------------

OURS: Final = UUID(int=1)
Placed: Any = namedtuple(  # noqa: PYI024  # pyright: ignore[reportUntypedNamedTuple]  as rows are
    "Placed",
    "number event_id found_id sealed_at digest kind occurred_at account_id document_id relation_id details",
)
MOMENTS: Final = st.integers(0, 10**15).map(lambda it: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, 0, it))
KEYS: Final = st.one_of(st.none(), st.uuids())
DETAILS: Final = st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.lists(st.text())))
EVENTS: Final = st.tuples(st.uuids(), MOMENTS, st.text(), MOMENTS, KEYS, KEYS, KEYS, DETAILS)


def chained(events: list[tuple[Any, ...]]) -> list[Any]:
    """Return events as they are read once they are sealed."""
    digest, rows = b"", list[Any]()
    for number, (key, sealed_at, *said) in enumerate(events, 1):
        row = Placed(number, key, key, sealed_at, b"", *said)
        digest = digest_of(digest, OURS, number, sealed_at, row)
        rows.append(row._replace(digest=digest))
    return rows


def first_broken(rows: list[Any], licence_id: UUID = OURS) -> int | None:
    walk = Walk(licence_id, {})
    return next((found.number for row in rows if (found := walk.step(row))), None)


@settings(max_examples=50)
@given(st.lists(EVENTS, max_size=6))
def test_a_chain_that_nobody_touched_is_whole(events: list[tuple[Any, ...]]) -> None:
    assert first_broken(chained(events)) is None


@settings(max_examples=50)
@given(st.lists(EVENTS, min_size=1, max_size=6), st.lists(EVENTS, min_size=1, max_size=6))
def test_two_chains_part_where_their_events_do(
    events: list[tuple[Any, ...]], others: list[tuple[Any, ...]]
) -> None:
    ours, theirs = chained(events), chained(others)
    both: list[Any] = list(zip(ours, theirs, strict=False))
    parted = next((mine.number for mine, other in both if mine != other), None)
    mixed = [mine._replace(digest=other.digest) for mine, other in both]
    assert first_broken(mixed) == parted


@settings(max_examples=50)
@given(st.lists(EVENTS, min_size=2, max_size=6), st.data())
def test_what_is_moved_within_a_chain_is_found(events: list[tuple[Any, ...]], data: st.DataObject) -> None:
    rows = chained(events)
    order = data.draw(st.permutations(range(len(rows))))
    moved = [rows[of]._replace(number=at) for at, of in enumerate(order, 1)]
    differing = next((at for at, of in enumerate(order, 1) if of != at - 1), None)
    assert first_broken(moved) == differing


@settings(max_examples=50)
@given(st.lists(EVENTS, min_size=1, max_size=3))
def test_the_chain_of_one_firm_is_not_that_of_another(events: list[tuple[Any, ...]]) -> None:
    assert first_broken(chained(events), uuid4()) == 1
