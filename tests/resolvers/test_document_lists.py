"""Totals: pages of several lists can be counted at once."""

from resolvers.document_lists import DocumentsAsked, documents_of, totals
from resolvers.document_sets import Scope
from resolvers.request import Request
from tests.api import Api


async def test_pages_of_lists_of_several_kinds_are_counted_each_by_itself(api: Api) -> None:
    request = Request(api.ports, await api.token("anna"))
    await request.open()
    asked = DocumentsAsked()
    (of_dossier,) = await documents_of(request, Scope.DOSSIER, [api.world.dossier.id], asked)
    (of_dirk,) = await documents_of(request, Scope.RELATION, [api.world.relations["dirk"].id], asked)
    assert await totals(request, [of_dossier, of_dirk, of_dossier]) == [1, 0, 1]
    await request.close()
