"""The words that things of the firm's files and accounts are found by, as resolvers/words.py makes them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Entity, LicenceKey, Small, index


class Word(Entity):
    """One word of a thing; whatever a search needs stands in one index.

    No foreign key leads to the thing: whoever writes words would wait for whoever holds its row, while he
    keeps others from writing words.
    """

    __abstract__ = True

    licence_id: Mapped[LicenceKey] = mapped_column(sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)
    """Of the thing."""
    position: Mapped[Small] = mapped_column(primary_key=True)
    """Where the word begins in `words`, from 1."""
    sort_key: Mapped[str]
    """The word, a blank, and the thing's name, folded: in their order search results are read."""
    words: Mapped[str]
    """All words of the thing, sorted, each with a blank before it."""


def searched(name: str) -> tuple[Any, ...]:
    """Return the index that a search reads, and nothing else."""
    found: Index = index(f"{name}_sought", "sort_key", "id", postgresql_include=["words", "position"])
    return (found,)


class RelationWord(Word):
    __tablename__ = "relation_word"
    __table_args__ = searched("relation_word")


class DossierWord(Word):
    __tablename__ = "dossier_word"
    __table_args__ = searched("dossier_word")


class AccountWord(Word):
    __tablename__ = "account_word"
    __table_args__ = searched("account_word")


class HoldingWord(Word):
    __tablename__ = "holding_word"
    __table_args__ = searched("holding_word")
