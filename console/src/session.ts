// Signing in and out: the steps of it, and who is signed in.
import { ask, type Answer } from "./api";
import choosing from "./operations/complete_password_change.graphql?raw";
import proving from "./operations/complete_two_factor.graphql?raw";
import confirming from "./operations/confirm_two_factor_enrolment.graphql?raw";
import signingIn from "./operations/sign_in.graphql?raw";
import signingOut from "./operations/sign_out.graphql?raw";
import starting from "./operations/start_two_factor_enrolment.graphql?raw";
import who from "./operations/who.graphql?raw";
import type { Speech } from "./speech";

export interface Viewer {
  account: { id: string; displayName: string; role: string };
  licence: { name: string };
  twoFactor: { enabled: boolean; required: boolean };
}

export interface Step {
  step: "SIGNED_IN" | "TWO_FACTOR_REQUIRED" | "PASSWORD_CHANGE_REQUIRED";
  challenge: string | null;
  passkeyOptions: string | null;
}

export interface Enrolment {
  id: string;
  secret: string;
  qrCode: string;
}

/** What the user is told, in his language, of what was refused. */
export class Refused extends Error {}

type Refusing = { userErrors: { message: string }[] };
type Asking = (input: object, speech: Speech) => Promise<Step>;

/** Return who is signed in; null for nobody. */
export async function viewer(): Promise<Viewer | null> {
  const answer = await ask<{ viewer: Viewer | null }>({ query: who });
  return answer.data?.viewer ?? null;
}

const stepOf = (query: string): Asking => async (input, speech) =>
  payload(await ask<{ step: Step & Refusing }>({ query, variables: { input } }), (data) => data.step, speech);

export const signIn: Asking = stepOf(signingIn);
export const completeTwoFactor: Asking = stepOf(proving);
export const completePasswordChange: Asking = stepOf(choosing);

export async function signOut(): Promise<void> {
  await ask({ query: signingOut });
}

/** Begin with an authenticator app: return what the user gives to it. */
export async function startEnrolment(password: string, speech: Speech): Promise<Enrolment> {
  const answer = await ask<{ startTwoFactorEnrolment: { enrolment: Enrolment } & Refusing }>({
    query: starting,
    variables: { input: { password } },
  });
  return payload(answer, (data) => data.startTwoFactorEnrolment, speech).enrolment;
}

/** End with it: return the recovery codes. */
export async function confirmEnrolment(enrolmentId: string, code: string, speech: Speech): Promise<string[]> {
  const answer = await ask<{ confirmTwoFactorEnrolment: { recoveryCodes: string[] | null } & Refusing }>({
    query: confirming,
    variables: { input: { enrolmentId, code } },
  });
  return payload(answer, (data) => data.confirmTwoFactorEnrolment, speech).recoveryCodes ?? [];
}

function payload<Data, Payload extends Refusing>(
  answer: Answer<Data>,
  of: (data: Data) => Payload | null,
  speech: Speech,
): Payload {
  const found = answer.data ? of(answer.data) : null;
  const said = [...(found?.userErrors ?? []), ...(answer.errors ?? [])].map((error) => speech.error(error.message));
  if (!found || said.length > 0) {
    throw new Refused(said.join(" ") || speech.say("answered", { status: answer.status }));
  }
  return found;
}
