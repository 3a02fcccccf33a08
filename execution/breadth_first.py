"""The executor: Strawberry's, but that every field is executed once for all objects of its level.

Strawberry owns the types and validates; this class replaces how fields are executed. Fields run one after
another, in the order of the document, and so do root fields, so that an operation never has two statements
under way. What an ordinary resolver returns may be awaitable; an item of a list may not, and a list is no
async iterator. `@defer` and `@stream` are not executed. Whether an object is of the type that its field
declares is not asked again. What stands in several places is executed in one of them.
"""

from typing import Any, Self, cast

from graphql import ExecutionResult, GraphQLError, GraphQLObjectType
from graphql.execution.collect_fields import GroupedFieldSet, collect_fields
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.columns import Level
from execution.places import Root
from execution.plan import Plans
from execution.run import Run


class BreadthFirst(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation; `plans` are those of its document, if somebody keeps them."""

    def __init__(self, *given: Any, plans: Plans | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self.plans = plans or Plans()
        if self.middleware_manager and self.middleware_manager.middlewares:
            # It could be what keeps somebody out.
            raise TypeError(
                "Fields are not executed one by one: extensions with `resolve` would not be asked."
            )

    async def execute_operation(self, serially: bool | None = None) -> ExecutionResult:  # noqa: ARG002, FBT001  graphql-core's
        """Return the response of the operation (GraphQL section 6.2)."""
        try:
            wanted = self.plans.root(self, self.root_type())
        except GraphQLError as error:
            return ExecutionResult(None, [error])
        run = Run(self)
        (data,) = await run.objects(wanted, [self.root_value], Root())
        return ExecutionResult(*run.failures.settle(data))

    def of_event(self, event: object, context: object) -> Self:
        """Return what executes the same subscription for one event (GraphQL section 6.2.3.2)."""
        executor: Any = cast("Any", self).build_per_event_executor(event)
        executor.context_value = context
        return executor

    def subscribed(self) -> dict[str, Any]:
        """Return the arguments of the one field that a subscription asks for: validation lets no other in."""
        (field,) = self.plans.root(self, self.root_type()).fields
        return Level(Run(self), field, [None], Root()).converted()

    def root_type(self) -> GraphQLObjectType:
        """Return the type that the operation starts from. Raise GraphQLError where the schema has none."""
        kind = self.operation.operation
        found = self.schema.get_root_type(kind)
        if found is None:
            message = f"Schema is not configured to execute {kind.value} operation."
            raise GraphQLError(message, self.operation)
        return found

    def root_fields(self, root_type: GraphQLObjectType) -> GroupedFieldSet:
        """Return the fields that the operation asks of its root. Raise GraphQLError."""
        collected = collect_fields(
            self.schema, self.fragments, self.variable_values, root_type, self.operation
        )
        return collected.grouped_field_set
