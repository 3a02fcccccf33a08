import type { CodegenConfig } from "@graphql-codegen/cli"

const config: CodegenConfig = {
  // Whoever may read the schema: a session of the staff, or an API key.
  schema: [
    {
      [`${process.env.KLUIS_URL}/graphql/schema.graphql`]: {
        headers: { Authorization: `Bearer ${process.env.KLUIS_TOKEN}` },
      },
    },
  ],
  documents: "operations.graphql",
  generates: {
    "gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        strictScalars: true,
        scalars: {
          ID: "string",
          BigInt: "number",
          Date: "string",
          DateTime: "string",
          Sha256: "string",
          URL: "string",
          Upload: { input: "File", output: "never" },
        },
      },
    },
    // What the cache must know to tell which fragments hold.
    "gql/possible-types.ts": {
      plugins: ["fragment-matcher"],
      config: { apolloClientVersion: 3, useExplicitTyping: true },
    },
  },
}

export default config
