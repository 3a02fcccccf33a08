"""One GraphQL operation that leads to documents by every path, and what the model says of its answer."""

from collections.abc import Mapping
from typing import Any, Final

from graphql import parse, validate

import schema
from core.errors import Forbidden
from execution import BreadthFirst
from execution.plan import Plans
from resolvers.document_lists import OrderField
from schema.context import Context
from tests.execution.oracle import core, executed
from tests.permissions.model import Key
from tests.permissions.views import View

SCHEMA: Final = core(schema.build())
DOCUMENT: Final = parse(
    """
query Everything($documents: [ID!]!, $document: ID!, $principal: ID!, $rule: ID!) {
  documents(first: 100) {
    totalCount
    nodes {
      id viewerCan contentUrl
      grants {
        principal { ... on Account { id } ... on Group { id } }
        rights source isLinked
        rule { id }
      }
    }
  }
  nodes(ids: $documents) { id ... on Document { viewerCan } }
  document(id: $document) { id }
  categories { id documents(first: 100) { totalCount nodes { id } } }
  dossiers(first: 100) { nodes { id documents(first: 100) { totalCount nodes { id } } } }
  explainAccess(documentId: $document, principalId: $principal) { rights obstacle viaGroups { id } }
  previewCategoryRule(ruleId: $rule) { totalCount }
}
"""
)
PLANS: Final = Plans()
assert not validate(SCHEMA, DOCUMENT)


class Operation:
    """What one of the cast asks, and is to be answered."""

    def __init__(self, view: View, context: Context) -> None:
        self.view = view
        self.context = context
        everything = view.all
        self.document = everything.documents[view.turn % len(everything.documents)]
        self.principal = everything.principals[view.turn % len(everything.principals)]
        self.rule = everything.rules[view.turn % len(everything.rules)]
        self.errors: dict[tuple[str | int, ...], str] = {}

    def written(self, kind: str, *keys: Any) -> list[str]:
        """Return keys as the API writes them."""
        return self.context.ports.ids.write(kind, keys)

    async def check(self) -> None:
        """Ask, and compare data and errors with what the model says."""
        kind = "Group" if self.principal in self.view.model.groups else "Account"
        values = {
            "documents": self.written("Document", *self.view.all.documents),
            "document": self.written("Document", self.document)[0],
            "principal": self.written(kind, self.principal)[0],
            "rule": self.written("CategoryRule", self.rule)[0],
        }
        await self.context.open()
        answer = await executed(BreadthFirst, SCHEMA, DOCUMENT, values, self.context, plans=PLANS)
        await self.context.close()
        expected = self.expected()
        assert seen(answer["data"]) == expected
        assert {tuple(it["path"]): it["message"] for it in answer["errors"]} == self.errors

    def expected(self) -> Mapping[str, Any]:
        """Return the data that the model says; note the errors that come with it."""
        model, me, reach = self.view.model, self.view.me, self.view.reach
        papers = {key: model.documents[key] for key in reach}
        listed = [key for key, *_ in self.view.listed(OrderField.UPDATED_AT, descending=True)]
        categories = [
            it for it in model.categories if not model.categories[it] and model.sees_category(me, it)
        ]
        dossiers = [it for it in model.dossiers if model.sees_dossier(me, it)]
        return {
            "documents": [self.shown(at, key) for at, key in enumerate(listed)],
            "nodes": [it in reach and self.can(it) for it in self.view.all.documents],
            "document": self.document in reach,
            "categories": {
                self.written("Category", it)[0]: self.ids(
                    key for key, paper in papers.items() if it in paper.categories
                )
                for it in categories
            },
            "dossiers": {
                self.written("Dossier", it)[0]: self.ids(
                    key for key, paper in papers.items() if model.is_in_dossier(paper, it)
                )
                for it in dossiers
            },
            "explainAccess": self.explained(),
            "previewCategoryRule": self.previewed(),
        }

    def ids(self, keys: Any) -> set[str]:
        return set(self.written("Document", *keys))

    def can(self, key: Key) -> set[str]:
        return set(self.view.reach[key])

    def shown(self, at: int, key: Key) -> tuple[Any, ...]:
        """Return a document of the list: what he can do with it, its address, its rights tab."""
        tab = None
        if "CHANGE_SECURITY" in self.can(key):
            tab = self.tab(key)
        else:
            self.errors["documents", "nodes", at, "grants"] = Forbidden.message
        return (*self.written("Document", key), self.can(key), True, tab)

    def tab(self, key: Key) -> set[Any]:
        """Return the rows of a rights tab; which rule stamped one is told to staff."""
        model = self.view.model
        return {
            (
                *self.written("Group" if row[0] in model.groups else "Account", row[0]),
                rights,
                row[1],
                model.could_give(key, row),
                *(
                    self.written("CategoryRule", row[2])
                    if row[2] and model.is_staff(self.view.me)
                    else [None]
                ),
            )
            for row, (rights, _) in model.documents[key].tab.items()
        }

    def explained(self) -> Any:
        """Return why the principal can or cannot reach the document; only staff may ask."""
        model, held = self.view.model, self.view.reach.get(self.document)
        if not model.is_staff(self.view.me):
            self.errors["explainAccess",] = Forbidden.message
            return None
        if not held or not model.sees_principal(self.view.me, self.principal):
            return None
        if "CHANGE_SECURITY" not in held:
            self.errors["explainAccess",] = Forbidden.message
            return None
        rights, _, via, obstacle = model.explained(self.principal, model.documents[self.document])
        return set(rights), obstacle, set(self.written("Group", *via))

    def previewed(self) -> int | None:
        model, me = self.view.model, self.view.me
        if not model.is_staff(me):
            self.errors["previewCategoryRule",] = Forbidden.message
        if not model.sees_in_force(me, self.rule):
            return None
        return len({id(it) for it, *_ in model.due_today(me, self.rule)})


def seen(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an answer in the form in which the model says it; counts are those of what is listed."""
    explained, previewed = data["explainAccess"], data["previewCategoryRule"]
    assert data["documents"]["totalCount"] == len(data["documents"]["nodes"])
    return {
        "documents": [
            (it["id"], set(it["viewerCan"]), bool(it["contentUrl"]), tab_in(it["grants"]))
            for it in data["documents"]["nodes"]
        ],
        "nodes": [it is not None and set(it["viewerCan"]) for it in data["nodes"]],
        "document": data["document"] is not None,
        "categories": {it["id"]: inside(it) for it in data["categories"]},
        "dossiers": {it["id"]: inside(it) for it in data["dossiers"]["nodes"]},
        "explainAccess": explained
        and (
            set(explained["rights"]),
            explained["obstacle"],
            {it["id"] for it in explained["viaGroups"]},
        ),
        "previewCategoryRule": previewed and previewed["totalCount"],
    }


def tab_in(grants: Any) -> Any:
    return (
        grants
        if grants is None
        else {
            (
                it["principal"]["id"],
                frozenset(it["rights"]),
                it["source"],
                it["isLinked"],
                it["rule"] and it["rule"]["id"],
            )
            for it in grants
        }
    )


def inside(parent: Mapping[str, Any]) -> set[str]:
    found = {it["id"] for it in parent["documents"]["nodes"]}
    assert parent["documents"]["totalCount"] == len(found)
    return found
