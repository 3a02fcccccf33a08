// Signing in, step by step: the password, a second factor where there is one, a password of one's own where it is due.
import { useState } from "react";
import { Field, Form } from "./Form";
import { answered, canUsePasskeys } from "./passkey";
import { completePasswordChange, completeTwoFactor, Refused, signIn, type Step } from "./session";
import type { Speech } from "./speech";

// An app shows six digits, and a recovery code is longer.
const DIGITS = 6;

interface Properties {
  speech: Speech;
  said: string;
  /** Finds out who is signed in, and returns whether anybody is. */
  onSignedIn(): Promise<boolean>;
}

export function SignIn({ speech, said, onSignedIn }: Properties) {
  const [at, setAt] = useState<Step | null>(null);

  async function go(step: Step) {
    if (step.step !== "SIGNED_IN") {
      setAt(step);
    } else if (!(await onSignedIn())) {
      throw new Refused(speech.say("noCookie"));
    }
  }

  const steps = { speech, go, onBack: () => setAt(null) };
  return (
    <main>
      {at === null && <Password {...steps} said={said} />}
      {at?.step === "TWO_FACTOR_REQUIRED" && <SecondFactor {...steps} at={at} />}
      {at?.step === "PASSWORD_CHANGE_REQUIRED" && <OwnPassword {...steps} at={at} />}
    </main>
  );
}

interface StepProperties {
  speech: Speech;
  go(step: Step): Promise<void>;
  onBack(): void;
}

function Password({ speech, go, said }: StepProperties & { said: string }) {
  return (
    <Form
      speech={speech}
      title={speech.say("signIn")}
      said={said}
      submit={speech.say("signIn")}
      onSubmit={async ({ username = "", password, licence = "" }) =>
        go(await signIn({ username: username.trim(), password, licence: licence.trim() || null }, speech))
      }
    >
      <Field label={speech.say("username")} name="username" autoComplete="username" required />
      <Field label={speech.say("password")} name="password" type="password" autoComplete="current-password" required />
      <Field label={speech.say("licence")} name="licence" autoComplete="organization" hint={speech.say("licenceHint")} />
    </Form>
  );
}

function SecondFactor({ speech, go, onBack, at }: StepProperties & { at: Step }) {
  const { challenge, passkeyOptions } = at;
  const [failed, setFailed] = useState("");

  async function show() {
    setFailed("");
    try {
      const credential = await answered(passkeyOptions ?? "");
      await go(await completeTwoFactor({ challenge, credential }, speech));
    } catch (error) {
      setFailed(error instanceof Refused ? error.message : speech.say("passkeyFailed"));
    }
  }

  return (
    <Form
      speech={speech}
      title={speech.say("secondFactor")}
      submit={speech.say("goOn")}
      onSubmit={async ({ code = "" }) => go(await completeTwoFactor({ challenge, ...proof(code) }, speech))}
      beside={<Back speech={speech} onBack={onBack} />}
    >
      {passkeyOptions && canUsePasskeys() && (
        <p>
          <button type="button" onClick={show}>
            {speech.say("usePasskey")}
          </button>
          <span className="refusal" role="alert">
            {failed}
          </span>
        </p>
      )}
      <Field label={speech.say("code")} name="code" autoComplete="one-time-code" hint={speech.say("codeHint")} required />
    </Form>
  );
}

function proof(typed: string) {
  const shown = typed.replace(/\s/g, "");
  return shown.length > DIGITS ? { recoveryCode: shown } : { code: shown };
}

function OwnPassword({ speech, go, onBack, at }: StepProperties & { at: Step }) {
  return (
    <Form
      speech={speech}
      title={speech.say("ownPassword")}
      said={speech.say("ownPasswordHint")}
      submit={speech.say("goOn")}
      onSubmit={async ({ chosen, again }) =>
        go(
          await completePasswordChange(
            { challenge: at.challenge, newPassword: chosen, newPasswordConfirmation: again },
            speech,
          ),
        )
      }
      beside={<Back speech={speech} onBack={onBack} />}
    >
      <Field label={speech.say("newPassword")} name="chosen" type="password" autoComplete="new-password" required />
      <Field label={speech.say("again")} name="again" type="password" autoComplete="new-password" required />
    </Form>
  );
}

function Back({ speech, onBack }: { speech: Speech; onBack(): void }) {
  return (
    <button type="button" onClick={onBack}>
      {speech.say("back")}
    </button>
  );
}
