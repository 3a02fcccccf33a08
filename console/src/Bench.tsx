// GraphiQL over the API: operations to begin with, the session's cookie, and files beside variables.
import type { FetcherParams, FetcherReturnType } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { type DocumentNode, parse, type GraphQLSchema } from "graphql";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import { useCallback, useRef, useState } from "react";
import { ask, isSignedOut } from "./api";
import { examples } from "./examples";
import { Files, type Chosen } from "./Files";
import { isNew, keptOf } from "./kept";
import type { Speech } from "./speech";
import { useListOfTabs } from "./tabs";
import { THEMES, useThemes } from "./themes";
import { form, places } from "./uploads";
import "./bench.css";
import "./workers";

interface Properties {
  /** The id of whoever is signed in. */
  account: string;
  speech: Speech;
  /** Is told that the session has ended. */
  onSignedOut(): void;
}

// Any file stands for null in the variables until it is sent.
const SCALARS = { Upload: {} };

export default function Bench({ account, speech, onSignedOut }: Properties) {
  useThemes();
  useListOfTabs();
  // GraphiQL takes the first tab's variables from here, and from there those of the others.
  const [variables] = useState(() => (isNew() ? examples[0]?.variables : undefined));
  const [kept] = useState(() => keptOf(account));
  const schema = useRef<GraphQLSchema | null>(null);
  const chosen = useRef<Chosen>(new Map());

  const send = useCallback(
    async (asked: FetcherParams, given?: { documentAST?: DocumentNode }): Promise<FetcherReturnType> => {
      const files = new Map(chosen.current);
      const document = given?.documentAST ?? parse(asked.query);
      const taken = schema.current ? places(schema.current, document, asked.operationName) : [];
      for (const place of files.keys()) {
        if (!taken.includes(place)) {
          files.delete(place);
        }
      }
      const { status: _, ...answer } = await ask<Record<string, unknown>>(files.size > 0 ? form(asked, files) : asked);
      if (isSignedOut({ status: 0, ...answer })) {
        onSignedOut();
      }
      return answer as FetcherReturnType;
    },
    [onSignedOut],
  );
  const learn = useCallback((files: Chosen) => {
    chosen.current = files;
  }, []);

  return (
    <GraphiQL
      fetcher={send}
      storage={kept}
      defaultTabs={examples}
      initialVariables={variables}
      forcedTheme="system"
      editorTheme={THEMES}
      isHeadersEditorEnabled={false}
      showPersistHeadersSettings={false}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      customScalarSchemas={SCALARS}
      onSchemaChange={(it) => {
        schema.current = it;
      }}
    >
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <Files speech={speech} onChosen={learn} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
