import { colleague } from "./colleague.ts"
import * as kluis from "./kluis.ts"
import { Refused } from "./mistakes.ts"

const { KLUIS_USERNAME = "", KLUIS_PASSWORD = "", KLUIS_CODE = "" } = process.env

await kluis.signIn(KLUIS_USERNAME, KLUIS_PASSWORD, async () => KLUIS_CODE)

const pages: string[][] = []
for await (const page of kluis.documents(2)) pages.push(page.map((it) => it.description))

const filtered: string[] = []
for await (const page of kluis.documents(2, { descriptionContains: "contract" }))
  filtered.push(...page.map((it) => it.description))

const bert = await kluis.client("bert call")
const note = new File(["Dear Bert, this is for you."], "note.txt", { type: "text/plain" })
const sent = await kluis.upload(note, "A note", bert.relationId)
const large = new File(["1234567890".repeat(30_000)], "large.txt", { type: "text/plain" })
const sentInSteps = await kluis.uploadInSteps(large, "A large note", bert.relationId)
// They stand at the top of the list, whether it was kept here or is asked for again.
let newest: string[] = []
for await (const page of kluis.documents(2)) {
  newest = page.map((it) => it.description).slice(0, 2)
  break
}
const downloaded = await (await kluis.download(sent.id)).text()
const readers = await kluis.share(sent.id, bert.accountId)

// Dirk has nothing to do with this document.
const dirk = await kluis.client("dirk")
const refused = await kluis.share(sent.id, dirk.accountId).then(
  () => [],
  (error: unknown) => {
    if (error instanceof Refused) return error.mistakes.map((it) => it.code)
    throw error
  },
)

// What a colleague does is seen in the list the moment it happens, also after a break.
const watched: string[][] = []
const heard = new Set<string>()
await new Promise<void>((resolve, reject) => {
  let isIdle = false
  function show(newest: { description: string }[]): void {
    const names = newest.map((it) => it.description)
    if (String(names) === String(watched.at(-1))) return
    watched.push(names)
    isIdle = true
    goOn()
  }
  function hear(event: string): void {
    heard.add(event)
    goOn()
  }
  function goOn(): void {
    // The list can be ahead of what is heard: it is read as it is.
    if (!isIdle || heard.size < Math.min(watched.length - 1, 3)) return
    isIdle = false
    colleague().then((wasBusy) => wasBusy || end(), reject)
  }
  function end(): void {
    stop()
    resolve()
  }
  const stop = kluis.watch(2, { show, hear, fail: reject })
})

console.log(
  JSON.stringify({
    pages,
    filtered,
    sent: [sent.description, sent.byteSize],
    sentInSteps: [sentInSteps.description, sentInSteps.byteSize],
    newest,
    downloaded,
    readers,
    refused,
    watched,
    heard: [...heard].sort(),
  }),
)
