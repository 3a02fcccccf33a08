// Places for files in the variables of an operation, and the multipart request that brings files to them.
import {
  getNamedType,
  isInputObjectType,
  isListType,
  Kind,
  typeFromAST,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";

export interface Asked {
  query: string;
  variables?: unknown;
  operationName?: string | null | undefined;
}

/** No input of the API has a file deeper than this, and inputs may hold themselves. */
const DEEPEST = 3;

/** Return the places that take a file, such as `input.file`, of one operation or of all in the document. */
export function places(schema: GraphQLSchema, document: DocumentNode, operationName?: string | null): string[] {
  const found = document.definitions.filter(
    (it): it is OperationDefinitionNode =>
      it.kind === Kind.OPERATION_DEFINITION && (!operationName || it.name?.value === operationName),
  );
  const variables = found.flatMap((operation) => operation.variableDefinitions ?? []);
  const all = variables.flatMap((it) => {
    const type = typeFromAST(schema, it.type);
    return type ? within(type as GraphQLInputType, it.variable.name.value, 0) : [];
  });
  return [...new Set(all)];
}

function within(type: GraphQLInputType, path: string, depth: number): string[] {
  const named = getNamedType(type);
  const place = isListType("ofType" in type ? type.ofType : type) || isListType(type) ? `${path}.0` : path;
  if (named.name === "Upload") {
    return [place];
  }
  if (!isInputObjectType(named) || depth === DEEPEST) {
    return [];
  }
  return Object.values(named.getFields()).flatMap((field) => within(field.type, `${place}.${field.name}`, depth + 1));
}

/** Return the request with these files as the multipart request specification writes it. */
export function form(asked: Asked, files: ReadonlyMap<string, File>): FormData {
  const variables = structuredClone((asked.variables ?? {}) as Record<string, unknown>);
  const map: Record<string, string[]> = {};
  [...files.keys()].forEach((place, number) => {
    empty(variables, place.split("."));
    map[number] = [`variables.${place}`];
  });
  const body = new FormData();
  body.append("operations", JSON.stringify({ ...asked, variables }));
  body.append("map", JSON.stringify(map));
  [...files.values()].forEach((file, number) => body.append(String(number), file, file.name));
  return body;
}

/** Put null where a file is to be, as the specification wants it. */
function empty(within: Record<string, unknown>, [name = "", ...rest]: string[]): void {
  if (rest.length === 0) {
    within[name] = null;
    return;
  }
  within[name] ??= /^\d+$/.test(rest[0] ?? "") ? [] : {};
  empty(within[name] as Record<string, unknown>, rest);
}
