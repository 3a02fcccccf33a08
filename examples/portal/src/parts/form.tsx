// A form that sends nothing by itself, its button, and the lines that tell what came of it.
import type { ComponentChildren } from 'preact';
import type { Acting } from './acting';

interface FormProps {
  acting: Acting;
  onSubmit: () => void;
  class?: string;
  label?: string;
  children: ComponentChildren;
}

export function Form({ acting, onSubmit, label, children, ...rest }: FormProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit} aria-label={label} aria-busy={acting.busy} {...rest}>
      {children}
      <Trouble text={acting.trouble} />
    </form>
  );
}

interface SubmitProps {
  acting: Acting;
  children: ComponentChildren;
}

export function Submit({ acting, children }: SubmitProps) {
  return (
    <button type="submit" class="primary" aria-disabled={acting.busy}>
      {children}
    </button>
  );
}

/** What went wrong; told at once. */
export function Trouble({ text }: { text: string }) {
  return (
    <div class="trouble" role="alert">
      {text && <p>{text}</p>}
    </div>
  );
}

/** What went well; told when there is a pause. */
export function Told({ text }: { text: string }) {
  return (
    <div class="told" role="status">
      {text && <p>{text}</p>}
    </div>
  );
}
