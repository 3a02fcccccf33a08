// A form of one step: it sends once at a time, says what was refused, and leads back to where it is mended.
import { useEffect, useId, useRef, useState, type InputHTMLAttributes, type ReactNode, type SubmitEvent } from "react";
import { Refused } from "./session";
import type { Speech } from "./speech";

interface FormProperties {
  speech: Speech;
  title: string;
  said?: string;
  submit: string;
  /** Does the step with what was typed. Throws Refused. */
  onSubmit(typed: Record<string, string>): Promise<void>;
  children: ReactNode;
  beside?: ReactNode;
}

export function Form({ speech, title, said = "", submit, onSubmit, children, beside }: FormProperties) {
  const form = useRef<HTMLFormElement>(null);
  const heading = useId();
  const [refusal, setRefusal] = useState("");
  const [isBusy, setBusy] = useState(false);

  const focusFirst = () => form.current?.querySelector("input")?.focus();
  useEffect(focusFirst, []);

  async function send(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy) {
      return;
    }
    const typed = Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setRefusal("");
    try {
      await onSubmit(typed);
    } catch (error) {
      setRefusal(error instanceof Refused ? error.message : speech.say("away"));
      focusFirst();
    } finally {
      setBusy(false);
    }
  }

  return (
    <form ref={form} className="sheet" aria-labelledby={heading} onSubmit={send}>
      <h2 id={heading}>{title}</h2>
      {said && <p className="hint">{said}</p>}
      {children}
      <p className="refusal" role="alert">
        {refusal}
      </p>
      <div className="row">
        <button className="first" type="submit" aria-disabled={isBusy}>
          {submit}
        </button>
        {beside}
      </div>
    </form>
  );
}

interface FieldProperties extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  name: string;
  hint?: string;
}

export function Field({ label, name, hint, ...input }: FieldProperties) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} autoCapitalize="none" spellCheck={false} aria-describedby={hint && `${id}-hint`} {...input} />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
