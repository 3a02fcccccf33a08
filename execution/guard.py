"""The guard: no document is executed that was not read, measured and validated, once for each text."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from execution.limits import BeyondLimit, Limits, Ruler
from execution.plan import Plans
from execution.prices import Price, Pricer

MOST_ERRORS: Final = 5
# A parsed document takes some 150 times the memory of its text: 80 MB at the most.
MOST_KEPT: Final = 1_000
MOST_CHARACTERS_KEPT: Final = 1 << 19
RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


class Unreadable(Exception):
    """A document that is not executed; `errors` say why, in the words of GraphQL."""

    def __init__(self, code: str, errors: Sequence[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors
        for error in errors:
            error.extensions = {**(error.extensions or {}), "code": code}


Key = tuple[str, bool, bool]


@dataclass(frozen=True, slots=True)
class Question:
    """A document as it came, and what is to be allowed to it."""

    text: str
    may_introspect: bool = False
    """Whoever may not is not told either what the schema has in place of what was asked for."""
    is_trusted: bool = False
    """The operator has vouched for it: it may be of any size."""

    @property
    def key(self) -> Key:
        """Return what it is remembered by."""
        return hash_of(self.text), self.may_introspect, self.is_trusted


def hash_of(text: str) -> str:
    """Return the SHA-256 of a document's text, as 64 hexadecimal digits."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(slots=True, eq=False)
class Admitted:
    """A document that may be executed."""

    text: str
    document: DocumentNode
    prices: dict[int, Price] = field(default_factory=dict[int, Price])
    """By the identity of the operation."""
    plans: Plans = field(default_factory=Plans)

    def price(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> Price:
        """Return what one of its operations costs."""
        found = self.prices.get(id(operation))
        if found is None:
            found = self.prices[id(operation)] = Pricer(schema, self.document).of_operation(operation)
        return found


class Guard:
    """Admits documents, and remembers those that it admitted last."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self.schema = schema
        self.limits = limits
        self._kept: OrderedDict[Key, Admitted] = OrderedDict()
        self._characters = 0

    def recall(self, question: Question) -> Admitted | None:
        """Return a document that was admitted before and is still known, or None."""
        found = self._kept.get(question.key)
        if found is not None:
            self._kept.move_to_end(question.key)
        return found

    def examine(self, question: Question) -> Admitted:
        """Return a document that may be executed, and remember it. Raise Unreadable."""
        document = self._parsed(question)
        if not question.is_trusted:
            self._measure(document)
        self._validate(document, question)
        admitted = Admitted(question.text, document)
        self._keep(question.key, admitted)
        return admitted

    def admit(self, question: Question) -> Admitted:
        """Return a document that may be executed. Raise Unreadable."""
        return self.recall(question) or self.examine(question)

    def _measure(self, document: DocumentNode) -> None:
        try:
            Ruler(document, self.limits).check()
        except BeyondLimit as error:
            raise Unreadable("DOCUMENT_TOO_LARGE", [error]) from None

    def _validate(self, document: DocumentNode, question: Question) -> None:
        rules: tuple[type[ASTValidationRule], ...] = RULES
        if not question.may_introspect and not question.is_trusted:
            rules = (*RULES, NoSchemaIntrospectionCustomRule)
        hide = not question.may_introspect
        errors = validate(self.schema, document, rules, MOST_ERRORS, hide_suggestions=hide)
        if errors:
            raise Unreadable("GRAPHQL_VALIDATION_FAILED", errors[:MOST_ERRORS])

    def _parsed(self, question: Question) -> DocumentNode:
        limits = self.limits
        try:
            if question.is_trusted:
                return parse(question.text)
            return parse(
                question.text,
                max_source_length=limits.characters,
                max_lexical_tokens=limits.tokens,
                max_comments=limits.comments,
            )
        except GraphQLSyntaxError as error:
            raise Unreadable("GRAPHQL_PARSE_FAILED", [error]) from None

    def _keep(self, key: Key, admitted: Admitted) -> None:
        if key not in self._kept:
            self._characters += len(admitted.text)
        self._kept[key] = admitted
        while len(self._kept) > MOST_KEPT or self._characters > MOST_CHARACTERS_KEPT:
            _, dropped = self._kept.popitem(last=False)
            self._characters -= len(dropped.text)
