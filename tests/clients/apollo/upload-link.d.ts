declare module "apollo-upload-client/UploadHttpLink.mjs" {
  import type { ApolloLink } from "@apollo/client"

  // The package says its types in comments, which only `allowJs` reads.
  const UploadHttpLink: new (options: { uri: string; fetchOptions?: RequestInit }) => ApolloLink
  export default UploadHttpLink
}
