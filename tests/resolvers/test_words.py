"""The words that things are found by follow their rows, whoever else changes names at the same time."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from core.folding import fold
from models import (
    Account,
    AccountWord,
    Dossier,
    DossierMember,
    DossierWord,
    Licence,
    Relation,
    RelationWord,
)
from resolvers import words
from resolvers.change import Change
from resolvers.entering import acting, steward
from resolvers.words import Kind
from tests.api import Api
from tests.journeys.rows import set_values
from tests.statements import counting
from tests.world import World

UPDATE_PROFILE = """
mutation { updateProfile(input: {givenName: "Élise", familyName: "Dûpont"}) { userErrors { code } } }
"""


@asynccontextmanager
async def changing(api: Api) -> AsyncGenerator[Change]:
    viewer = steward(api.world.firm.licence_id, api.ports.clock.now())
    async with acting(api.ports, viewer) as change:
        yield change


async def kept(api: Api, kind: Kind, id_: UUID) -> list[str]:
    """Return the words of a thing, in the order of their places."""
    statement = select(kind.sort_key).where(kind.id == id_).order_by(kind.position)
    async with api.ports.database.change(api.world.firm.licence_id) as session:
        return [it.partition(" ")[0] for it in await session.scalars(statement)]


async def name(change: Change, relation_id: UUID, called: str) -> None:
    """Rename a relation, and nothing more."""
    await change.session.execute(
        update(Relation)
        .where(Relation.id == relation_id)
        .values(display_name=called, display_name_folded=fold(called), given_name=None, family_name=None)
    )


def ids_of(world: World) -> dict[Kind, list[UUID]]:
    return {
        RelationWord: [it.id for it in world.relations.values()],
        DossierWord: [world.dossier.id],
        AccountWord: [it.id for name, it in world.accounts.items() if name != "eva"],
    }


async def test_words_made_anew_are_those_that_were_there(api: Api) -> None:
    before = {
        (kind, id_): await kept(api, kind, id_) for kind, ids in ids_of(api.world).items() for id_ in ids
    }
    assert all(before.values())
    async with changing(api) as change:
        await words.rewrite_relations(change, ids_of(api.world)[RelationWord])
        await words.rewrite_dossiers(change, ids_of(api.world)[DossierWord])
        await words.rewrite_accounts(change, ids_of(api.world)[AccountWord])
    assert {key: await kept(api, *key) for key in before} == before


async def test_a_relation_is_found_by_its_names_its_address_and_its_number(api: Api) -> None:
    key = api.world.relations["bert"].id
    await set_values(
        api, Relation, key, company_name="Bakkerij 't Hof", national_register_number="85.07.30-033 28"
    )
    async with changing(api) as change:
        await words.rewrite_relations(change, [key])
    assert await kept(api, RelationWord, key) == [
        "'t", "85073003328", "bakkerij", "bert", "bert@callewaert.example",
        "callewaert", "example", "hof", "t",
    ]  # fmt: skip


async def test_a_new_name_replaces_the_old_one_in_the_dossiers_too(api: Api) -> None:
    bert, dossier = api.world.relations["bert"].id, api.world.dossier.id
    assert "callewaert" in await kept(api, DossierWord, dossier)
    async with changing(api) as change:
        await name(change, bert, "Humbert Maes")
        await name(change, api.world.relations["noor"].id, "Noor Maes")
        await words.rewrite_relations(change, [bert, api.world.relations["noor"].id])
    assert await kept(api, DossierWord, dossier) == [
        "carla", "humbert", "klantenportaal", "maes", "noor", "test", "verlinden",
    ]  # fmt: skip
    async with api.ports.database.change(api.world.firm.licence_id) as session:
        sort_keys = (
            await session.scalars(select(RelationWord.sort_key).where(RelationWord.id == bert))
        ).all()
    assert {it.partition(" ")[2] for it in sort_keys} == {"humbert maes"}


async def test_what_was_deleted_is_found_no_more(api: Api) -> None:
    carla, dossier = api.world.relations["carla"].id, api.world.dossier.id
    await set_values(api, Relation, carla, deleted_at=api.ports.clock.now())
    async with changing(api) as change:
        await words.rewrite_relations(change, [carla])
    assert await kept(api, RelationWord, carla) == []
    assert "carla" not in await kept(api, DossierWord, dossier)


async def test_a_renamed_dossier_is_found_by_its_new_name(api: Api) -> None:
    dossier = api.world.dossier.id
    await set_values(api, Dossier, dossier, name="Pensioen", name_folded="pensioen")
    async with changing(api) as change:
        await words.rewrite_dossiers(change, [dossier, uuid4()])
    found = await kept(api, DossierWord, dossier)
    assert "pensioen" in found
    assert "klantenportaal" not in found


async def test_whoever_renames_himself_is_found_by_his_new_name(api: Api) -> None:
    await api.gets("anna", UPDATE_PROFILE)
    found = await kept(api, AccountWord, api.world.accounts["anna"].id)
    assert {"elise", "dupont", "anna@de-linde.example"} <= set(found)
    assert "lindeman" not in found


async def test_a_name_of_signs_that_nobody_sees_has_no_words(api: Api) -> None:
    noor = api.world.relations["noor"].id
    async with changing(api) as change:
        await name(change, noor, "\x01\x02")
        await words.rewrite_relations(change, [noor])
    assert await kept(api, RelationWord, noor) == []


async def test_many_are_written_with_few_statements(api: Api) -> None:
    keys = [uuid4() for _ in range(500)]
    of = {"licence_id": api.world.firm.licence_id, "kind": "PERSON"}
    rows = [
        {**of, "id": key, "display_name": f"Jan de {number}", "display_name_folded": f"jan de {number}"}
        for number, key in enumerate(keys)
    ]
    async with changing(api) as change:
        await change.session.execute(insert(Relation), rows)
        async with counting(api.ports.database) as statements:
            await words.rewrite_relations(change, keys)
    # the rows, the old words, the new ones, the licence, the dossiers that they are in
    assert len(statements) == 5
    assert await kept(api, RelationWord, keys[-1]) == ["499", "de", "jan"]


async def test_to_rewrite_nothing_is_to_do_nothing(api: Api) -> None:
    before = await kept(api, DossierWord, api.world.dossier.id)
    async with changing(api) as change:
        await words.rewrite_relations(change, [])
        await words.rewrite_dossiers(change, [])
        await words.rewrite_accounts(change, [])
    assert await kept(api, DossierWord, api.world.dossier.id) == before


async def put_in(change: Change, dossier_id: UUID, relation_id: UUID) -> None:
    """Put a relation into a dossier, and nothing more."""
    change.add(DossierMember, dossier_id=dossier_id, relation_id=relation_id, role="OTHER")
    await change.session.flush()


async def waits(work: asyncio.Task[Any]) -> None:
    """Give work the time that it would take if nobody held it up, and see that somebody does."""
    done, _ = await asyncio.wait([work], timeout=0.3)
    assert not done


async def test_who_is_renamed_while_he_is_put_into_a_dossier_is_found_in_it_by_his_new_name(api: Api) -> None:
    femke, dossier = api.world.relations["femke"].id, api.world.dossier.id
    async with changing(api) as renaming:
        await name(renaming, femke, "Femke Wouters")
        async with changing(api) as putting:
            await put_in(putting, dossier, femke)
            await words.rewrite_dossiers(putting, [dossier])
            # The membership is not committed: without waiting, nobody would know of the dossier.
            work = asyncio.create_task(words.rewrite_relations(renaming, [femke]))
            await waits(work)
        await work
    found = await kept(api, DossierWord, dossier)
    assert "wouters" in found
    assert "dupont" not in found


async def test_who_is_put_into_a_dossier_while_he_is_renamed_is_found_in_it_by_his_new_name(api: Api) -> None:
    femke, dossier = api.world.relations["femke"].id, api.world.dossier.id
    async with changing(api) as putting:
        await put_in(putting, dossier, femke)
        async with changing(api) as renaming:
            await name(renaming, femke, "Femke Wouters")
            await words.rewrite_relations(renaming, [femke])
            # The new name is not committed: without waiting, the old one would be read.
            work = asyncio.create_task(words.rewrite_dossiers(putting, [dossier]))
            await waits(work)
        await work
    found = await kept(api, DossierWord, dossier)
    assert "wouters" in found
    assert "dupont" not in found


async def test_whoever_holds_a_row_for_himself_does_not_hold_up_words(api: Api) -> None:
    bert, dossier = api.world.relations["bert"].id, api.world.dossier.id
    async with changing(api) as holding, changing(api) as renaming:
        for kind, id_ in ((Dossier, dossier), (Relation, api.world.relations["carla"].id)):
            await holding.session.get_one(kind, (api.world.firm.licence_id, id_), with_for_update=True)
        await name(renaming, bert, "Humbert Maes")
        await words.rewrite_relations(renaming, [bert])
    assert "humbert" in await kept(api, DossierWord, dossier)


REWRITING: dict[str, tuple[type[Any], Callable[[Change, UUID], Any]]] = {
    "relation": (Relation, lambda change, id_: words.rewrite_relations(change, [id_])),
    "account": (Account, lambda change, id_: words.rewrite_accounts(change, [id_])),
}


@pytest.mark.parametrize("what", REWRITING)
async def test_two_who_rename_the_same_one_leave_the_words_of_the_last(api: Api, what: str) -> None:
    kind, rewrite = REWRITING[what]
    key = (api.world.relations if what == "relation" else api.world.accounts)["bert"].id
    async with changing(api) as second:
        async with changing(api) as first:
            named = update(kind).where(kind.licence_id == api.world.firm.licence_id, kind.id == key)
            await first.session.execute(named.values(display_name="First", display_name_folded="first"))
            await rewrite(first, key)
            values = {"display_name": "Second", "display_name_folded": "second"}
            work = asyncio.create_task(second.session.execute(named.values(**values)))
            await waits(work)
        await work
        await rewrite(second, key)
    found = await kept(api, RelationWord if what == "relation" else AccountWord, key)
    assert "second" in found
    assert "first" not in found


async def test_words_are_written_while_another_firm_writes_its_own(api: Api) -> None:
    theirs = steward(api.world.other_firm.licence_id, api.ports.clock.now())
    async with acting(api.ports, theirs) as other, changing(api) as ours:
        await other.session.get_one(Licence, api.world.other_firm.licence_id, with_for_update=True)
        await words.rewrite_dossiers(ours, [api.world.dossier.id])
