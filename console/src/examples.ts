// The operations that a new bench begins with, a tab for each.
import documents from "./examples/documents.graphql?raw";
import ofDocuments from "./examples/documents.json?raw";
import portal from "./examples/portal.graphql?raw";
import ofPortal from "./examples/portal.json?raw";
import rules from "./examples/rules.graphql?raw";
import ofRules from "./examples/rules.json?raw";
import share from "./examples/share.graphql?raw";
import ofShare from "./examples/share.json?raw";
import upload from "./examples/upload.graphql?raw";
import ofUpload from "./examples/upload.json?raw";

const pretty = (json: string) => JSON.stringify(JSON.parse(json), null, 2);

export const examples = [
  { query: documents, variables: pretty(ofDocuments) },
  { query: upload, variables: pretty(ofUpload) },
  { query: share, variables: pretty(ofShare) },
  { query: rules, variables: pretty(ofRules) },
  { query: portal, variables: pretty(ofPortal) },
];
