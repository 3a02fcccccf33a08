"""The executor: Strawberry's, but that every field is executed once for all objects of its level.

Strawberry owns the types and validates; this class replaces how fields are executed. Fields run one after
another, in the order of the document, and so do root fields, so that an operation never has two statements
under way. A value may be awaitable; an item of a list may not, and a list is no async iterator. `@defer` and
`@stream` are not executed. Whether an object is of the type that its field declares is not asked again.
"""

from typing import ClassVar

from graphql import ExecutionResult, GraphQLError, GraphQLObjectType
from graphql.execution.collect_fields import GroupedFieldSet, collect_fields
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.plan import Plans
from execution.run import Run


class BreadthFirst(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation; `plans` remembers how to execute those that come again."""

    plans: ClassVar[Plans] = Plans()

    async def execute_operation(self, serially: bool | None = None) -> ExecutionResult:  # noqa: ARG002, FBT001
        """Return the response of the operation (GraphQL section 6.2)."""
        kind = self.operation.operation
        root_type = self.schema.get_root_type(kind)
        try:
            if root_type is None:
                message = f"Schema is not configured to execute {kind.value} operation."
                raise GraphQLError(message, self.operation)
            wanted = self.plans.root(self, root_type)
        except GraphQLError as error:
            return ExecutionResult(None, [error])
        run = Run(self)
        (data,) = await run.objects(wanted, [self.root_value], [None])
        return ExecutionResult(*run.failures.settle(data))

    def root_fields(self, root_type: GraphQLObjectType) -> GroupedFieldSet:
        """Return the fields that the operation asks of its root. Raise GraphQLError."""
        collected = collect_fields(
            self.schema, self.fragments, self.variable_values, root_type, self.operation
        )
        return collected.grouped_field_set
