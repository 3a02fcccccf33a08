"""The door of every change: what cannot be seen is not found, and what can be seen may be forbidden."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID, uuid4

import pytest

from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.rights import Right
from resolvers import categories, gate, relations
from resolvers.change import Change
from resolvers.request import Request
from tests.api import Api
from tests.world import World

PATH = ("input", "documentId")
Opened = Callable[[str], AbstractAsyncContextManager[Change]]


@pytest.fixture
async def changing(api: Api) -> Opened:
    """What opens a change as one of the cast."""
    tokens = {name: await api.token(name) for name in api.world.accounts}
    return lambda who: Request(api.ports, tokens[who]).change()


@pytest.mark.parametrize("right", list(Right))
async def test_staff_may_do_with_a_document_what_they_have_the_right_to(
    changing: Opened, world: World, right: Right
) -> None:
    async with changing("anna") as change:
        row = await gate.document(change, world.document.id, right, path=PATH)
    assert (row.id, row.description) == (world.document.id, "Huwelijkscontract")


async def test_a_reader_may_read(changing: Opened, world: World) -> None:
    async with changing("bert") as change:
        assert (await gate.document(change, world.document.id, Right.READ, path=PATH)).rights == Right.READ


@pytest.mark.parametrize("right", [Right.UPDATE, Right.DELETE, Right.CHANGE_SECURITY])
async def test_what_a_reader_may_not_do_is_forbidden(changing: Opened, world: World, right: Right) -> None:
    with pytest.raises(Forbidden) as caught:
        async with changing("bert") as change:
            await gate.document(change, world.document.id, right, path=PATH)
    assert caught.value.path == PATH


@pytest.mark.parametrize(
    ("who", "which"),
    [("dirk", "ours"), ("carla", "ours"), ("eva", "ours"), ("anna", "foreign"), ("anna", "none")],
)
@pytest.mark.parametrize("right", [Right.READ, Right.CHANGE_SECURITY])
async def test_what_cannot_be_seen_is_not_found(
    changing: Opened, world: World, who: str, which: str, right: Right
) -> None:
    which_one = {"ours": world.document.id, "foreign": world.foreign_document.id, "none": uuid4()}
    with pytest.raises(NotFound) as caught:
        async with changing(who) as change:
            await gate.document(change, which_one[which], right, path=PATH)
    assert str(caught.value) == NotFound.message
    assert caught.value.path == PATH


@pytest.mark.parametrize(("revision", "stands"), [(None, True), (1, True), (0, False), (2, False)])
async def test_a_change_to_what_has_changed_is_a_conflict(
    changing: Opened,
    world: World,
    revision: int | None,
    stands: bool,  # noqa: FBT001
) -> None:
    async def open_document() -> None:
        async with changing("anna") as change:
            await gate.document(change, world.document.id, Right.UPDATE, path=PATH, if_revision=revision)

    if stands:
        await open_document()
        return
    with pytest.raises(Conflict) as caught:
        await open_document()
    assert (caught.value.current_revision, caught.value.path) == (1, ("input", "ifRevision"))


async def test_whoever_may_not_change_learns_nothing_of_the_revision(changing: Opened, world: World) -> None:
    with pytest.raises(Forbidden):
        async with changing("bert") as change:
            await gate.document(change, world.document.id, Right.UPDATE, path=PATH, if_revision=7)


@pytest.mark.parametrize("who", ["anna", "arthur", "eva"])
async def test_staff_pass_where_staff_are_required(changing: Opened, who: str) -> None:
    async with changing(who) as change:
        gate.staff(change)


async def test_a_client_does_not_pass_where_staff_are_required(changing: Opened) -> None:
    with pytest.raises(Forbidden) as caught:
        async with changing("bert") as change:
            gate.staff(change, path=("input", "dossierId"))
    assert caught.value.path == ("input", "dossierId")


async def test_one_thing_is_found_or_not(changing: Opened, world: World) -> None:
    async with changing("bert") as change:
        carla = world.relations["carla"].id
        assert (await gate.one(change, relations.by_ids, carla, path=PATH)).id == carla
        with pytest.raises(NotFound) as caught:
            await gate.one(change, relations.by_ids, world.relations["dirk"].id, path=PATH)
    assert caught.value.path == PATH


async def test_every_thing_is_found_once_or_none_is(changing: Opened, world: World) -> None:
    chosen = [world.firm.categories[it] for it in ("wills", "deeds", "wills")]

    async with changing("anna") as change:

        async def every(ids: list[UUID]) -> list[UUID]:
            return [it.id for it in await gate.every(change, categories.by_ids, ids, path=PATH)]

        assert await every(chosen) == chosen[:2]
        assert await every([]) == []
        with pytest.raises(NotFound):
            await every([*chosen, world.other_firm.categories["wills"]])
        assert await every(chosen[:1] * 100) == chosen[:1]
        with pytest.raises(Invalid, match="At most 100 ids"):
            await every(chosen[:1] * 101)
