// A passkey in place of a code: what the browser is asked to sign, and what it answers.

export const hasPasskeys = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;

/** What a passkey signed, as the API takes it. Throws the browser's DOMException. */
export async function sign(options: string): Promise<string> {
  const asked = JSON.parse(options) as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  return JSON.stringify(credential?.toJSON() ?? {});
}
