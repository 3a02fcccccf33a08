"""Scenes that are written and not drawn: what chance seldom makes, and in which each planted fault shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.permissions.audience import Audience


@dataclass(frozen=True)
class Act:
    """A step, and what it comes to."""

    code: str
    verb: str
    given: Sequence[Any]
    named: Mapping[str, Any]


def done(verb: str, *given: Any, **named: Any) -> Act:
    return Act("DONE", verb, given, named)


def refused(code: str, verb: str, *given: Any, **named: Any) -> Act:
    return Act(code, verb, given, named)


CONTRACT: Final = {"dossier": "callewaert", "categories": ["contracts"]}
SCENES: Final[Mapping[str, Sequence[Act]]] = {
    "a rule shares what enters its category within a dossier, with all who are in it": (
        done("set_rule", "anna", "contracts", "portal users", "RU"),
        done("set_rule", "anna", "contracts", "otto", "RUD"),
        done("upload", "anna", **CONTRACT),
        done("upload", "bert"),
        done("update", "anna", "paper 1", categories=["contracts"]),
        done("update", "anna", "paper 1", dossier="schyns"),
        refused("FORBIDDEN", "update", "otto", "paper 1", dossier="callewaert"),
        refused("FORBIDDEN", "update", "carla", "paper 1", categories=[]),
        done("upload", "anna", dossier="schyns"),
        done("set_rule", "anna", "deeds", "users", "R"),
        done("update", "anna", "paper 0", dossier=None),
        done("update", "anna", "paper 0", categories=["deeds"]),
        done("update", "anna", "paper 0", dossier="callewaert", categories=["contracts", "deeds"]),
    ),
    "a rule that changes or goes changes nothing that stands": (
        done("set_rule", "anna", "contracts", "portal users", "RU"),
        done("upload", "anna", **CONTRACT),
        done("set_rule", "anna", "contracts", "portal users", "R"),
        done("update", "anna", "paper 0"),
        done("set_rule", "anna", "contracts", "portal users", ""),
        done("upload", "anna", **CONTRACT),
        refused("NOT_FOUND", "apply_rule", "anna", "rule 0"),
        done("set_rule", "anna", "contracts", "users", "R"),
        done("update", "anna", "paper 1"),
        refused("INVALID", "set_rule", "anna", "contracts", "bert", "R"),
        refused("INVALID", "set_rule", "anna", "contracts", "portal users", "RS"),
        refused("FORBIDDEN", "set_rule", "otto", "contracts", "portal users", "R"),
    ),
    "who was first given READ, and more by another row later, finds it under the first date": (
        done("upload", "anna", dossier="callewaert"),
        done("set_rights", "anna", "paper 0", "bert", "R"),
        done("set_rule", "anna", "contracts", "portal users", "U"),
        done("update", "anna", "paper 0", categories=["contracts"]),
        done("set_rule", "anna", "deeds", "portal users", "U"),
        done("set_rule", "anna", "contracts", "portal users", "R"),
        done("apply_rule", "anna", "rule 2"),
        done("set_rule", "anna", "contracts", "portal users", "D"),
        done("apply_rule", "anna", "rule 3"),
        done("set_rights", "anna", "paper 0", "bert", "U"),
    ),
    "who is blocked is given nothing and opens nothing": (
        done("set_rule", "anna", "contracts", "portal users", "R"),
        done("upload", "anna", **CONTRACT),
        done("block", "anna", "carla"),
        refused("UNAUTHENTICATED", "upload", "carla"),
        done("upload", "anna", **CONTRACT),
        done("block", "anna", "carla"),
        done("apply_rule", "anna", "rule 0"),
    ),
    "what stands is shared when a rule is applied, as much of it as was seen": (
        done("upload", "anna", **CONTRACT),
        done("upload", "arthur", dossier="schyns", categories=["contracts"]),
        done("upload", "dirk"),
        done("update", "anna", "paper 2", categories=["contracts"]),
        done("set_rights", "arthur", "paper 1", "users", "R"),
        done("set_rights", "anna", "paper 0", "bert", "RU"),
        done("set_rule", "anna", "contracts", "portal users", "RU"),
        refused("CONFLICT", "apply_rule", "anna", "rule 0", 1),
        refused("FORBIDDEN", "apply_rule", "bert", "rule 0"),
        done("apply_rule", "anna", "rule 0"),
        done("apply_rule", "arthur", "rule 0"),
        done("apply_rule", "arthur", "rule 0"),
    ),
    "nobody gives more than he has": (
        done("set_rule", "anna", "contracts", "portal users", "RUD"),
        done("upload", "arthur", dossier="callewaert"),
        done("set_rights", "arthur", "paper 0", "users", "RU"),
        refused("FORBIDDEN", "set_rights", "anna", "paper 0", "otto", "R"),
        refused("FORBIDDEN", "delete", "anna", "paper 0"),
        done("update", "anna", "paper 0", categories=["contracts"]),
        done("set_rights", "arthur", "paper 0", "users", "RS"),
        refused("FORBIDDEN", "set_rights", "anna", "paper 0", "otto", "RU"),
        refused("FORBIDDEN", "update", "anna", "paper 0"),
        done("set_rights", "anna", "paper 0", "otto", "RS"),
    ),
    "in another dossier everything enters anew": (
        done("set_rule", "anna", "contracts", "portal users", "R"),
        done("upload", "anna", **CONTRACT),
        done("join_or_leave", "bert", "callewaert", "OTHER"),
        done("join_or_leave", "noor", "schyns", "PARTNER"),
        done("update", "anna", "paper 0", dossier="schyns"),
        done("join_or_leave", "dirk", "callewaert", "OTHER"),
    ),
    "by hand only with whom it is linked to": (
        done("set_rule", "anna", "contracts", "portal users", "R"),
        done("upload", "anna", dossier="schyns", relations=["bert himself", "noor himself"]),
        refused("NOT_LINKED_TO_CLIENT", "set_rights", "anna", "paper 0", "carla", "R"),
        done("set_rights", "anna", "paper 0", "bert", "R"),
        done("set_rights", "anna", "paper 0", "dirk", "RUD"),
        done("update", "anna", "paper 0", categories=["contracts"]),
        refused("INVALID", "set_rights", "anna", "paper 0", "bert", "RS"),
        refused("FORBIDDEN", "set_rights", "dirk", "paper 0", "bert", "R"),
        done("update", "anna", "paper 0", relations=[]),
        done("set_rights", "anna", "paper 0", "dirk", ""),
        refused("NOT_FOUND", "set_rights", "dirk", "paper 0", "dirk", "R"),
    ),
    "what is deleted is there for nobody, and comes back by who could delete it": (
        done("upload", "anna", **CONTRACT),
        done("set_rights", "anna", "paper 0", "bert", "RUD"),
        done("set_rights", "anna", "paper 0", "carla", "RU"),
        refused("FORBIDDEN", "delete", "carla", "paper 0"),
        done("delete", "bert", "paper 0"),
        refused("NOT_FOUND", "restore", "carla", "paper 0"),
        refused("NOT_FOUND", "update", "anna", "paper 0"),
        done("restore", "bert", "paper 0"),
        refused("NOT_FOUND", "restore", "anna", "paper 0"),
        done("set_rights", "anna", "paper 0", "bert", "UD"),
        done("delete", "anna", "paper 0"),
        refused("NOT_FOUND", "restore", "bert", "paper 0"),
    ),
    "a group gives what it has to who is in it, while he is": (
        done("create_group", "arthur", "notaries"),
        refused("ALREADY_EXISTS", "create_group", "arthur", "notaries"),
        refused("FORBIDDEN", "create_group", "anna", "brokers"),
        done("set_members", "arthur", "group 0", ["otto"]),
        done("upload", "anna", categories=["contracts"]),
        done("set_rights", "anna", "paper 0", "group 0", "RS"),
        done("set_rights", "anna", "paper 0", "otto", "U"),
        refused("INVALID", "set_members", "arthur", "group 0", ["otto", "bert"]),
        refused("INVALID", "set_members", "arthur", "users", ["otto"]),
        refused("FORBIDDEN", "block", "anna", "otto"),
        done("block", "arthur", "otto"),
        done("block", "arthur", "otto"),
        done("set_members", "arthur", "group 0", []),
    ),
    "somebody on the staff keeps every document, and the licence an administrator": (
        done("upload", "bert"),
        done("set_rights", "anna", "paper 0", "administrators", ""),
        refused("INVALID", "set_members", "arthur", "administrators", []),
        refused("INVALID", "set_members", "arthur", "users", []),
        done("set_members", "arthur", "users", ["anna"]),
        refused("INVALID", "set_rights", "anna", "paper 0", "users", "R"),
        done("set_rights", "anna", "paper 0", "otto", "RS"),
        refused("INVALID", "block", "arthur", "anna"),
        refused("INVALID", "block", "arthur", "arthur"),
        done("set_rights", "anna", "paper 0", "arthur", "RS"),
        done("block", "arthur", "anna"),
        refused("INVALID", "set_rights", "arthur", "paper 0", "arthur", ""),
        refused("UNAUTHENTICATED", "set_rights", "anna", "paper 0", "anna", "R"),
    ),
    "the other firm is not there": (
        done("upload", "eva", categories=["their contracts"], dossier="fredericks"),
        done("upload", "anna", **CONTRACT, relations=["noor himself"]),
        refused("NOT_FOUND", "set_rights", "anna", "paper 0", "anna", "R"),
        refused("NOT_FOUND", "set_rights", "anna", "paper 1", "eva", "R"),
        refused("NOT_FOUND", "update", "anna", "paper 1", dossier="fredericks"),
        refused("NOT_FOUND", "update", "anna", "paper 1", relations=["fred himself"]),
        refused("NOT_FOUND", "update", "anna", "paper 1", categories=["their contracts"]),
        refused("NOT_FOUND", "set_rule", "anna", "their contracts", "portal users", "R"),
        refused("NOT_FOUND", "set_rule", "anna", "contracts", "their users", "R"),
        refused("NOT_FOUND", "set_members", "arthur", "users", ["eva"]),
        refused("NOT_FOUND", "block", "arthur", "eva"),
        refused("INVALID", "update", "anna", "paper 1", categories=["archived"]),
        done("set_rule", "eva", "their contracts", "eva", "R"),
        refused("NOT_FOUND", "apply_rule", "anna", "rule 0"),
    ),
}


async def perform(audience: Audience, scene: str) -> None:
    """Play a scene."""
    for act in SCENES[scene]:
        assert await audience.play(act.verb, *act.given, **act.named) == act.code, act
