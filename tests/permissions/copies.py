"""What documents carry of their links and their words, against the links and the descriptions themselves."""

from uuid import UUID

from sqlalchemy import select

from models import DescriptionWord, Document, DocumentCategory, WordSuffix
from resolvers.ports import Ports
from resolvers.wording import ends_of, words_of


async def differing(ports: Ports, licence_id: UUID) -> list[str]:
    """Return what a licence's documents carry and should not, or should and do not."""
    async with ports.database.change(licence_id) as session:
        documents = (await session.scalars(select(Document).filter_by(licence_id=licence_id))).all()
        links = (await session.scalars(select(DocumentCategory).filter_by(licence_id=licence_id))).all()
        words = (await session.scalars(select(DescriptionWord).filter_by(licence_id=licence_id))).all()
        ends = (await session.scalars(select(WordSuffix).filter_by(licence_id=licence_id))).all()
    found: list[str] = []
    for it in documents:
        linked = sorted(link.category_id for link in links if link.document_id == it.id)
        if it.category_ids != linked:
            found.append(f"categories of {it.description}: {it.category_ids}, not {linked}")
        own = {word.word for word in words if word.document_id == it.id}
        if own != words_of(it.description_folded):
            found.append(f"words of {it.description}: {own}")
    expected = ends_of({word for it in documents for word in words_of(it.description_folded)})
    if {(it.suffix, it.word) for it in ends} != {*zip(*expected.values(), strict=True)}:
        found.append("the ends of words are others than those of its words")
    return found
