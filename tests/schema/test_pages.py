"""The tabs and the profile page, word by word: what each field reads."""

from typing import Any

from sqlalchemy import insert, update

from models import Account, DocumentGrant, Relation, Session, TotpDevice
from tests.api import Api
from tests.conftest import START, SetClock

PROFILE = """{ viewer {
  givenName familyName email language roles mustChangePassword
  twoFactor { enabled enabledAt recoveryCodesLeft }
  sessions { id isCurrent userAgent createdAt lastSeenAt expiresAt }
  licence { name slug businessUnits { name } clientLogins { used limit } }
} }"""
SHEET = """query ($id: ID!) { relation(id: $id) {
  kind title businessUnit { name }
  contact { street municipality deliveryMethod }
  details { profession retirementAge isDeceased accountant { displayName } }
  internalManager { displayName }
  portalAccount { status twoFactorEnabled relation { displayName } }
} }"""
DOSSIER = (
    "query ($id: ID!) { dossier(id: $id) { name businessUnit { name } members { role relation { id } } } }"
)
RIGHTS = """query ($id: ID!) { document(id: $id) { businessUnit { name } grants {
  rights source grantedAt grantedBy { displayName }
  principal { __typename ... on Account { displayName } ... on Group { name isBuiltIn } }
} } }"""


async def put(api: Api, statement: Any) -> None:
    async with api.ports.database.change(api.world.firm.licence_id) as session:
        await session.execute(statement)


async def sheet_of(api: Api, name: str) -> dict[str, Any]:
    found = await api.gets("anna", SHEET, id=api.id("Relation", api.world.relations[name].id))
    return found["relation"]


async def test_the_profile_tells_who_the_viewer_is(api: Api) -> None:
    viewer = (await api.gets("arthur", PROFILE))["viewer"]
    assert viewer["roles"] == ["STAFF", "ADMINISTRATOR"]
    assert (viewer["givenName"], viewer["familyName"]) == ("Arthur", "Maes")
    assert (viewer["email"], viewer["language"]) == ("arthur@de-linde.example", "NL")
    assert viewer["mustChangePassword"] is False
    assert viewer["twoFactor"] == {"enabled": False, "enabledAt": None, "recoveryCodesLeft": 0}
    assert viewer["licence"] == {
        "name": "Kantoor De Linde",
        "slug": "de-linde",
        "businessUnits": [{"name": "MAIN"}],
        "clientLogins": {"used": 3, "limit": 50},
    }


async def test_the_profile_tells_since_when_there_is_a_second_factor(api: Api) -> None:
    bert = api.world.accounts["bert"]
    device = {"licence_id": bert.licence_id, "account_id": bert.id, "sealed_secret": b"", "created_at": START}
    await put(api, insert(TotpDevice).values(**device, confirmed_at=START))
    viewer = (await api.gets("bert", "{ viewer { twoFactor { enabled enabledAt } } }"))["viewer"]
    assert viewer["twoFactor"] == {"enabled": True, "enabledAt": START.isoformat()}
    assert (await sheet_of(api, "bert"))["portalAccount"]["twoFactorEnabled"] is True
    assert (await sheet_of(api, "carla"))["portalAccount"]["twoFactorEnabled"] is False


async def test_a_second_factor_that_was_never_confirmed_is_none(api: Api) -> None:
    bert = api.world.accounts["bert"]
    device = {"licence_id": bert.licence_id, "account_id": bert.id, "sealed_secret": b"", "created_at": START}
    await put(api, insert(TotpDevice).values(**device))
    viewer = (await api.gets("bert", "{ viewer { twoFactor { enabled enabledAt } } }"))["viewer"]
    assert viewer["twoFactor"] == {"enabled": False, "enabledAt": None}


async def test_the_profile_tells_where_the_viewer_is_signed_in(api: Api, clock: SetClock) -> None:
    await api.token("carla")
    await api.token("bert")
    own = api.tokens.pop("bert")
    await api.token("bert")
    ended = {"expires_at": clock.now()}
    await put(api, update(Session).where(Session.digest == own.digest).values(**ended))
    (session,) = (await api.gets("bert", "{ viewer { sessions { isCurrent userAgent } } }"))["viewer"][
        "sessions"
    ]
    assert session == {"isCurrent": True, "userAgent": "tests"}


async def test_a_relations_sheet_tells_what_is_in_the_files(api: Api) -> None:
    femke = api.world.relations["femke"]
    said = {
        "street": "Markt 1",
        "delivery_method": "PORTAL",
        "profession": "notaris",
        "retirement_age": 67,
        "is_deceased": True,
        "accountant_id": api.world.relations["noor"].id,
    }
    await put(api, update(Relation).where(Relation.id == femke.id).values(**said))
    sheet = await sheet_of(api, "femke")
    assert sheet["contact"] == {"street": "Markt 1", "municipality": None, "deliveryMethod": "PORTAL"}
    assert sheet["details"] == {
        "profession": "notaris",
        "retirementAge": 67,
        "isDeceased": True,
        "accountant": {"displayName": "Noor Callewaert"},
    }
    assert sheet["businessUnit"] == {"name": "MAIN"}
    assert (sheet["kind"], sheet["internalManager"], sheet["portalAccount"]) == ("PERSON", None, None)


async def test_a_sheet_with_nothing_in_it_says_nothing(api: Api) -> None:
    sheet = await sheet_of(api, "noor")
    assert sheet["contact"]["deliveryMethod"] is None
    assert sheet["details"]["accountant"] is None


async def test_a_sheet_tells_how_far_the_account_has_come(api: Api, clock: SetClock) -> None:
    bert, carla, dirk = (api.world.accounts[it].id for it in ("bert", "carla", "dirk"))
    soon = {"initial_password_expires_at": clock.now()}
    await put(api, update(Account).where(Account.id == bert).values(blocked_at=clock.now(), **soon))
    await put(api, update(Account).where(Account.id == carla).values(**soon))
    assert dirk
    statuses = [(await sheet_of(api, it))["portalAccount"]["status"] for it in ("bert", "carla", "dirk")]
    assert statuses == ["BLOCKED", "INVITED", "ACTIVE"]
    assert (await sheet_of(api, "bert"))["internalManager"] == {"displayName": "Anna Lindeman"}


async def test_a_dossier_tells_who_is_in_it_the_main_person_first(api: Api) -> None:
    dossier = (await api.gets("bert", DOSSIER, id=api.id("Dossier", api.world.dossier.id)))["dossier"]
    assert (dossier["name"], dossier["businessUnit"]) == ("Test klantenportaal", {"name": "MAIN"})
    assert [(it["role"], it["relation"]["id"]) for it in dossier["members"]] == [
        (role, api.id("Relation", api.world.relations[name].id))
        for role, name in (("MAIN_PERSON", "bert"), ("PARTNER", "carla"), ("CHILD", "noor"))
    ]


async def test_the_rights_tab_tells_who_may_do_what_and_whose_doing_it_was(api: Api) -> None:
    manual = DocumentGrant.source == "MANUAL"
    await put(api, update(DocumentGrant).where(manual).values(granted_by=api.world.accounts["anna"].id))
    document = (await api.gets("anna", RIGHTS, id=api.id("Document", api.world.document.id)))["document"]
    assert document["businessUnit"] == {"name": "MAIN"}
    rows = {it["principal"].get("displayName") or it["principal"]["name"]: it for it in document["grants"]}
    everything = ["READ", "UPDATE", "DELETE", "CHANGE_SECURITY"]
    assert {name: (it["rights"], it["source"]) for name, it in rows.items()} == {
        "Administrators": (everything, "DEFAULT"),
        "Users": (everything, "DEFAULT"),
        "Anna Lindeman": (everything, "CREATOR"),
        "Bert Callewaert": (["READ"], "MANUAL"),
    }
    assert rows["Bert Callewaert"]["grantedBy"] == {"displayName": "Anna Lindeman"}
    assert rows["Bert Callewaert"]["grantedAt"] == START.isoformat()
    assert rows["Users"]["grantedBy"] is None
    assert rows["Users"]["principal"]["isBuiltIn"] is True
