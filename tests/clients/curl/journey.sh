#!/usr/bin/env bash
# What an advisor does, with curl and jq; tells what came of it as JSON.
set -euo pipefail

API=$KLUIS_URL/graphql
TOKEN=

# Ask: the operation, then its variables as JSON. What nobody can put right ends the script.
ask() {
  jq -n --arg query "$1" --argjson variables "$2" '{$query, $variables}' |
    curl -sS "$API" -H 'Content-Type: application/json' ${TOKEN:+-H "Authorization: Bearer $TOKEN"} -d @- |
    jq -e 'if .errors then error(.errors[0].message) else .data | map(.)[0] end'
}

# Sign in; of whoever has an app, a code is asked for.
signed=$(ask 'mutation ($input: SignInInput!) {
    signIn(input: $input) { step token challenge userErrors { code message } } }' \
  "$(jq -n '{input: {licence: env.KLUIS_LICENCE, username: env.KLUIS_USERNAME, password: env.KLUIS_PASSWORD}}')")
if [ "$(jq -r .step <<<"$signed")" = TWO_FACTOR_REQUIRED ]; then
  signed=$(ask 'mutation ($input: CompleteTwoFactorInput!) {
      completeTwoFactor(input: $input) { step token userErrors { code message } } }' \
    "$(jq '{input: {challenge, code: env.KLUIS_CODE}}' <<<"$signed")")
fi
TOKEN=$(jq -r .token <<<"$signed")

# A page of documents after a cursor, as far as a filter lets through.
page() {
  ask 'query ($after: String, $filter: DocumentFilter) { documents(first: 2, after: $after, filter: $filter) {
      edges { node { id description } } pageInfo { hasNextPage endCursor } } }' \
    "$(jq -n --argjson after "$1" --argjson filter "$2" '{$after, $filter}')"
}

# All pages, one after the other.
documents() {
  local after=null found
  while
    found=$(page "$after" "$1")
    jq '[.edges[].node.description]' <<<"$found"
    after=$(jq .pageInfo.endCursor <<<"$found")
    [ "$(jq .pageInfo.hasNextPage <<<"$found")" = true ]
  do :; done
}
pages=$(documents null | jq -s .)
filtered=$(documents '{"descriptionContains": "contract"}' | jq -s add)

# The first client whose names begin so.
client() {
  ask 'query ($search: String!) { relations(search: $search, first: 1) { nodes { id portalAccount { id } } } }' \
    "$(jq -n --arg search "$1" '{$search}')" | jq '.nodes[0]'
}
bert=$(client 'bert call')

# Send a document in, up to 25 MiB: one multipart request.
printf 'Dear Bert, this is for you.' >note.txt
jq -n --argjson bert "$bert" '{
  query: "mutation ($input: UploadDocumentInput!) { uploadDocument(input: $input) {
    document { id description byteSize } userErrors { code message } } }",
  variables: {input: {file: null, description: "A note", relationIds: [$bert.id]}}}' >operations.json
sent=$(curl -sS "$API" -H "Authorization: Bearer $TOKEN" \
  -F 'operations=<operations.json' -F 'map={"0": ["variables.input.file"]}' -F 0=@note.txt |
  jq -e .data.uploadDocument.document)

# The same in three steps, up to 2 GiB: announce it, PUT the bytes, make a document of them.
printf "%0300000d" 0 >large.txt
ticket=$(ask 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
    upload { id url headers { name value } } userErrors { code message } } }' \
  '{"input": {"fileName": "large.txt", "mediaType": "text/plain", "byteSize": 300000}}' | jq .upload)
jq -r '.headers[] | "\(.name): \(.value)"' <<<"$ticket" >headers.txt
curl -sS --fail -T large.txt -H @headers.txt "$(jq -r .url <<<"$ticket")"
large=$(ask 'mutation ($input: CompleteUploadInput!) { completeUpload(input: $input) {
    document { id description byteSize } userErrors { code message } } }' \
  "$(jq --argjson bert "$bert" '{input: {uploadId: .id, description: "A large note", relationIds: [$bert.id]}}' \
    <<<"$ticket")" | jq .document)
newest=$(page null null | jq '[.edges[].node.description]')

# The address of the bytes works for a minute, and needs no token.
url=$(ask 'query ($id: ID!) { document(id: $id) { contentUrl } }' "$(jq '{id}' <<<"$sent")" | jq -r .contentUrl)
downloaded=$(curl -sS --fail "$url")

# Let somebody read the document. What can be put right stands in userErrors.
share() {
  ask 'mutation ($input: SetDocumentRightsInput!) { setDocumentRights(input: $input) {
      grants { principal { ... on Account { displayName } ... on Group { displayName: name } } }
      userErrors { code message } } }' \
    "$(jq --argjson who "$1" '{input: {documentId: .id, principalId: $who.portalAccount.id, rights: ["READ"]}}' \
      <<<"$sent")"
}
readers=$(share "$bert" | jq '[.grants[].principal.displayName]')
# Dirk has nothing to do with this document.
refused=$(share "$(client dirk)" | jq '[.userErrors[].code]')

# Look at the newest documents while a colleague works. Whenever the stream ends it is opened again, and once it stands
# the list is read anew: what happened before stands in it, what happens later is told.
watched='[]' heard='[]' last='' idle='' seen=
while [ ! "$seen" ]; do
  stands=
  exec 3< <(exec curl -sN "$API/stream" -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \
    -H "Authorization: Bearer $TOKEN" -d '{"query": "subscription { documentEvents { __typename } }"}')
  curl=$!
  while [ ! "$seen" ] && { read -r line <&3 || [ "$line" ]; }; do
    case $line in
    # Comes first, and then every 15 seconds so that nobody takes the connection for dead.
    :*) [ ! "$stands" ] || continue ;;
    'data: {"errors"'*BEGIN_ANEW*) break ;;
    'data: {"errors"'* | '{'*) echo "$line" >&2 && exit 1 ;;
    'data: {'*)
      event=$(jq -r .data.documentEvents.__typename <<<"${line#data: }")
      heard=$(jq --arg event "$event" '. + [$event] | unique' <<<"$heard")
      ;;
    *) continue ;;
    esac
    stands=1
    names=$(page null null | jq -c '[.edges[].node.description]')
    if [ "$names" != "$last" ]; then
      last=$names idle=1
      watched=$(jq --argjson names "$names" '. + [$names]' <<<"$watched")
    fi
    # The list can be ahead of what is heard: it is read as it is.
    if [ "$idle" ] && jq -e --argjson watched "$watched" 'length >= ([($watched | length) - 1, 3] | min)' \
      <<<"$heard" >/dev/null; then
      idle=
      [ "$(curl -sS -X POST "$KLUIS_URL/colleague")" = true ] || seen=1
    fi
  done
  kill "$curl" 2>/dev/null || true
  exec 3<&-
  [ "$seen" ] || sleep 0.5
done

jq -n --argjson pages "$pages" --argjson filtered "$filtered" --argjson sent "$sent" --argjson large "$large" \
  --argjson newest "$newest" --arg downloaded "$downloaded" --argjson readers "$readers" \
  --argjson refused "$refused" --argjson watched "$watched" --argjson heard "$heard" \
  '{$pages, $filtered, sent: ($sent | [.description, .byteSize]), $newest, $downloaded, $readers, $refused,
    sentInSteps: ($large | [.description, .byteSize]), $watched, $heard}'
