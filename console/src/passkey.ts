// What a passkey signs in place of a code.

/** Whether this browser reads the options as the API writes them. */
export function canUsePasskeys(): boolean {
  return "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Return what a passkey answers to these options, as JSON. Throw when nobody let it. */
export async function answered(options: string): Promise<string> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
  return JSON.stringify(await navigator.credentials.get({ publicKey }));
}
