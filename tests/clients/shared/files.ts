interface Ticket {
  url: string
  headers: readonly { name: string; value: string }[]
}

/** Send the bytes of an upload to where it was told to; after a broken connection all of them again. */
export async function send(ticket: Ticket, file: File): Promise<void> {
  const headers = ticket.headers.map((it): [string, string] => [it.name, it.value])
  const answer = await fetch(ticket.url, { method: "PUT", headers, body: file })
  if (!answer.ok) throw new Error(`The file was not taken: ${answer.status} ${await answer.text()}`)
}

/** The bytes behind a `contentUrl`, which works for a minute and needs no token. */
export async function receive(contentUrl: string | null | undefined): Promise<Blob> {
  if (!contentUrl) throw new Error("This file can not be opened.")
  const answer = await fetch(contentUrl)
  if (!answer.ok) throw new Error(`The file did not come: ${answer.status}`)
  return answer.blob()
}
