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
      presetConfig: { fragmentMasking: false, persistedDocuments: true },
      config: {
        documentMode: "string",
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
  },
}

export default config
