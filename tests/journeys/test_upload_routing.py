"""Who is told of a client's upload, and the explanation beside it: S072-S074 with A18-A20, in sentences."""

from typing import Final

import pytest
from sqlalchemy import delete

from core.viewer import ApiScope
from models import Account, DossierMember, Relation
from tests.api import Api
from tests.conftest import START
from tests.journeys.answers import refusals, refused_fields
from tests.journeys.programs import lets_in
from tests.journeys.routing import (
    EXPLAIN,
    Step,
    another_dossier,
    arrives,
    block,
    explanation,
    hire,
    look_after,
    make,
    manage_dossier,
    promote,
    second_dossier,
    take_address,
    those_told,
    told,
)
from tests.journeys.rows import set_values, writing

CHAIN: Final[list[tuple[str, str, list[Step], list[str]]]] = [
    (
        "the manager of the dossier is told",
        "bert",
        [look_after("bert", "simon")],
        ["anna dossier told", "simon internal too late", "arthur licence too late"],
    ),
    ("the partner has the same manager", "carla", [], ["anna dossier told", "arthur licence too late"]),
    (
        "who is both is told once",
        "bert",
        [manage_dossier("arthur"), look_after("bert", "arthur")],
        ["arthur dossier told", "arthur internal too late", "arthur licence too late"],
    ),
    (
        "the managers of all dossiers are told",
        "bert",
        [another_dossier("PARTNER", "bert", "simon"), look_after("bert", None)],
        ["anna dossier told", "simon dossier told", "arthur licence too late"],
    ),
    (
        "the manager of two dossiers is told once",
        "bert",
        [another_dossier("MAIN_PERSON", "bert", "anna"), look_after("bert", None)],
        ["anna dossier told", "arthur licence too late"],
    ),
    (
        "the manager of a dossier in which he is a child is not told",
        "bert",
        [another_dossier("CHILD", "bert", "simon"), look_after("bert", None)],
        ["anna dossier told", "arthur licence too late"],
    ),
    (
        "a child alone goes on to the internal manager",
        "bert",
        [make("bert", "CHILD"), look_after("bert", "simon")],
        ["simon internal told", "arthur licence too late"],
    ),
    (
        "somebody else in the dossier goes on to the internal manager",
        "bert",
        [make("bert", "OTHER"), look_after("bert", "simon")],
        ["simon internal told", "arthur licence too late"],
    ),
    (
        "a dossier without a manager goes on to the internal manager",
        "bert",
        [manage_dossier(None), look_after("bert", "simon")],
        ["simon internal told", "arthur licence too late"],
    ),
    (
        "one dossier with a manager is enough",
        "bert",
        [manage_dossier(None), another_dossier("PARTNER", "bert", "els"), look_after("bert", "simon")],
        ["els dossier told", "simon internal too late", "arthur licence too late"],
    ),
    (
        "a blocked manager goes on to the internal manager",
        "bert",
        [block("anna"), look_after("bert", "simon")],
        ["anna dossier blocked", "simon internal told", "arthur licence too late"],
    ),
    (
        "a manager without an address goes on to the internal manager",
        "bert",
        [take_address("anna"), look_after("bert", "simon")],
        ["anna dossier no address", "simon internal told", "arthur licence too late"],
    ),
    (
        "an empty address is none",
        "bert",
        [take_address("anna", ""), look_after("bert", "simon")],
        ["anna dossier no address", "simon internal told", "arthur licence too late"],
    ),
    (
        "who is blocked and has no address is said to be blocked",
        "bert",
        [take_address("anna"), block("anna"), look_after("bert", None)],
        ["anna dossier blocked", "arthur licence told"],
    ),
    (
        "of two managers the one who can be reached is told",
        "bert",
        [another_dossier("PARTNER", "bert", "simon"), block("anna"), look_after("bert", None)],
        ["anna dossier blocked", "simon dossier told", "arthur licence too late"],
    ),
    (
        "who is blocked is so at every step",
        "bert",
        [block("anna")],
        ["anna dossier blocked", "anna internal blocked", "arthur licence told"],
    ),
    (
        "behind the step that is told the blocked are said to be blocked",
        "bert",
        [look_after("bert", "simon"), block("simon"), take_address("arthur")],
        ["anna dossier told", "simon internal blocked", "arthur licence no address"],
    ),
    (
        "the partner's internal manager does not count",
        "bert",
        [manage_dossier(None), look_after("bert", None), look_after("carla", "simon")],
        ["arthur licence told"],
    ),
    ("without any manager the administrator is told", "dirk", [], ["arthur licence told"]),
    (
        "without a dossier the internal manager is told",
        "nele",
        [arrives("nele"), look_after("nele", "els")],
        ["els internal told", "arthur licence too late"],
    ),
    (
        "without a dossier or a manager the administrator is told",
        "nele",
        [arrives("nele")],
        ["arthur licence told"],
    ),
    (
        "all administrators are told",
        "dirk",
        [promote("els"), promote("simon")],
        ["arthur licence told", "simon licence told", "els licence told"],
    ),
    (
        "a blocked internal manager goes on to the administrator",
        "dirk",
        [look_after("dirk", "simon"), block("simon")],
        ["simon internal blocked", "arthur licence told"],
    ),
    (
        "an internal manager without an address goes on to the administrator",
        "dirk",
        [look_after("dirk", "simon"), take_address("simon")],
        ["simon internal no address", "arthur licence told"],
    ),
    (
        "an administrator who cannot be reached is not told",
        "dirk",
        [promote("els"), block("arthur")],
        ["arthur licence blocked", "els licence told"],
    ),
    (
        "where nobody can be reached nobody is told",
        "dirk",
        [take_address("arthur"), promote("els"), block("els")],
        ["arthur licence no address", "els licence blocked"],
    ),
]


@pytest.fixture
async def office(api: Api) -> Api:
    """The cast's firm, with more people in it."""
    await hire(api)
    return api


@pytest.mark.parametrize(
    ("client", "steps", "expected"),
    [it[1:] for it in CHAIN],
    ids=[it[0].replace(" ", "_") for it in CHAIN],
)
async def test_the_chain(office: Api, client: str, steps: list[Step], expected: list[str]) -> None:
    for step in steps:
        await step(office)
    assert await explanation(office, client) == expected
    assert await told(office, client) == those_told(expected)


@pytest.mark.parametrize("role", ["MAIN_PERSON", "PARTNER"])
async def test_of_one_dossier_its_manager_is_told_as_if_there_were_no_other(office: Api, role: str) -> None:
    # given
    dossier = await second_dossier(office, role, "simon")
    of_one = await explanation(office, "bert", dossier)
    assert of_one == ["simon dossier told", "anna internal too late", "arthur licence too late"]
    assert (await explanation(office, "bert", office.world.dossier))[0] == "anna dossier told"
    # when
    async with writing(office) as firm:
        of_the_other = DossierMember.dossier_id == office.world.dossier.id
        await firm.session.execute(delete(DossierMember).where(of_the_other))
    # then
    assert await explanation(office, "bert") == of_one
    assert await told(office, "bert") == those_told(of_one)


@pytest.mark.parametrize("role", ["CHILD", "OTHER"])
async def test_of_one_dossier_its_manager_is_told_whatever_the_client_is_in_it(
    office: Api, role: str
) -> None:
    dossier = await second_dossier(office, role, "simon")
    assert (await explanation(office, "bert", dossier))[0] == "simon dossier told"


async def test_of_one_dossier_without_a_manager_the_internal_manager_is_told(office: Api) -> None:
    dossier = await second_dossier(office, "MAIN_PERSON", None)
    assert await explanation(office, "bert", dossier) == ["anna internal told", "arthur licence too late"]


async def test_of_a_dossier_that_he_is_not_in_its_manager_is_not_told(office: Api) -> None:
    assert await explanation(office, "dirk", office.world.dossier) == ["arthur licence told"]


async def test_who_has_no_access_yet_has_a_chain_too(office: Api) -> None:
    assert await explanation(office, "femke") == ["arthur licence told"]


async def test_why_somebody_is_passed_over_is_said_in_the_viewers_language(office: Api) -> None:
    await block("anna")(office)
    said = {"relation": office.id("Relation", office.world.relations["carla"].id)}
    for language, text in (("NL", "Dit account is geblokkeerd."), ("FR", "Ce compte est bloqué.")):
        await set_values(office, Account, office.world.accounts["lotte"].id, language=language)
        (anna, _) = (await office.gets("lotte", EXPLAIN, **said))["explainUploadRouting"]
        assert anna["skippedBecause"] == text


@pytest.mark.parametrize("who", ["bert", "carla", "program"])
async def test_only_staff_are_told_who_would_be_told(api: Api, who: str) -> None:
    if who == "program":
        await lets_in(api, who, *(it.value for it in ApiScope))
    said = {"relation": api.id("Relation", api.world.relations["bert"].id)}
    assert await refused_fields(api, who, EXPLAIN, **said) == [("FORBIDDEN", ["explainUploadRouting"])]


async def test_nobody_is_to_sign_in_first(api: Api) -> None:
    said = {"relation": api.id("Relation", api.world.relations["bert"].id)}
    assert await refusals(api, "nobody", EXPLAIN, **said) == [("UNAUTHENTICATED", None)]


async def test_what_is_not_there_for_the_viewer_has_no_chain(api: Api) -> None:
    relations = {name: api.id("Relation", it.id) for name, it in api.world.relations.items()}
    await set_values(api, Relation, api.world.relations["noor"].id, deleted_at=START)
    dossier = api.id("Dossier", api.world.dossier.id)
    for who, said in (
        ("eva", {"relation": relations["bert"]}),
        ("anna", {"relation": relations["noor"]}),
        ("anna", {"relation": dossier}),
        ("anna", {"relation": relations["bert"], "dossier": relations["bert"]}),
    ):
        assert await api.gets(who, EXPLAIN, **said) == {"explainUploadRouting": None}
