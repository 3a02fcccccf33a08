// A second factor for whoever the firm demands one of: an authenticator app, its first code, and recovery codes.
import { useState } from "react";
import { Field, Form } from "./Form";
import { confirmEnrolment, startEnrolment, type Enrolment as Started } from "./session";
import type { Speech } from "./speech";

interface Properties {
  speech: Speech;
  /** Finds out who is signed in now. */
  onDone(): Promise<unknown>;
}

export function Enrolment({ speech, onDone }: Properties) {
  const [started, setStarted] = useState<Started | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);

  if (codes) {
    return (
      <main className="sheet">
        <h2>{speech.say("recovery")}</h2>
        <p>{speech.say("recoveryWhy")}</p>
        <ul className="codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <button className="first" type="button" autoFocus onClick={onDone}>
          {speech.say("kept")}
        </button>
      </main>
    );
  }
  return (
    <main>
      {started === null ? (
        <Form
          key="password"
          speech={speech}
          title={speech.say("addFactor")}
          said={speech.say("addFactorWhy")}
          submit={speech.say("goOn")}
          onSubmit={async ({ password = "" }) => setStarted(await startEnrolment(password, speech))}
        >
          <Field label={speech.say("password")} name="password" type="password" autoComplete="current-password" required />
        </Form>
      ) : (
        <Form
          key="code"
          speech={speech}
          title={speech.say("addFactor")}
          said={speech.say("scan")}
          submit={speech.say("goOn")}
          onSubmit={async ({ code = "" }) =>
            setCodes(await confirmEnrolment(started.id, code.replace(/\s/g, ""), speech))
          }
        >
          <img className="qr" src={started.qrCode} alt={speech.say("qrCode")} />
          <p>
            {speech.say("key")}: <code>{started.secret}</code>
          </p>
          <Field label={speech.say("appCode")} name="code" autoComplete="one-time-code" inputMode="numeric" required />
        </Form>
      )}
    </main>
  );
}
