// Types of the operations, from the schema that the server exports.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../schema.graphql',
  documents: 'src/operations/*.graphql',
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        avoidOptionals: { inputValue: false },
        defaultScalarType: 'unknown',
        enumsAsTypes: true,
        scalars: {
          BigInt: 'number',
          Date: 'string',
          DateTime: 'string',
          Sha256: 'string',
          URL: 'string',
          Upload: 'File',
        },
        skipTypename: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
