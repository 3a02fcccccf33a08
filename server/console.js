// The console's behaviour: sign in, send one operation, show its answer.
"use strict";

const WHO = "query Who { viewer { account { displayName role } licence { name } } }";
const SIGN_IN = "mutation SignIn($input: SignInInput!) { step: signIn(input: $input) { step challenge userErrors { message } } }";
const COMPLETE = "mutation Complete($input: CompleteTwoFactorInput!) { step: completeTwoFactor(input: $input) { step challenge userErrors { message } } }";
const CHOOSE = "mutation Choose($input: CompletePasswordChangeInput!) { step: completePasswordChange(input: $input) { step challenge userErrors { message } } }";
const SIGN_OUT = "mutation SignOut { signOut { userErrors { message } } }";
const FIRST_DOCUMENT = "query FirstDocument { documents(first: 1) { nodes { id } } }";

// Which form comes next.
const FORMS = { SIGNED_IN: "sign-in", TWO_FACTOR_REQUIRED: "second-factor", PASSWORD_CHANGE_REQUIRED: "first-password" };

const at = (id) => document.getElementById(id);
let challenge = null;
const examples = [...document.querySelectorAll(".example")];

/** Send one operation; return the HTTP status, the text, the body (null if it is not JSON) and the time in ms. */
async function ask(query, variables = {}) {
  const started = performance.now();
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Accept": "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      "X-Kluis-Request": "1",
    },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return { status: response.status, text, body: parsed(text), took: performance.now() - started };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// ---------------------------------------------------------------- signing in

function showGate(shown) {
  at("gate").hidden = !shown;
  showForm("sign-in");
}

function showForm(shown) {
  for (const name of Object.values(FORMS)) {
    at(name).hidden = name !== shown;
    at(name).reset();
  }
}

async function showWho() {
  const { body } = await ask(WHO);
  const viewer = body?.data?.viewer;
  at("who").textContent = viewer
    ? `${viewer.account.displayName} (${viewer.account.role.toLowerCase()}), ${viewer.licence.name}`
    : "Nobody is signed in";
  at("sign-out").hidden = !viewer;
  showGate(!viewer);
  return Boolean(viewer);
}

function signIn() {
  const licence = at("licence").value.trim() || null;
  return take(SIGN_IN, { username: at("username").value.trim(), password: at("password").value, licence });
}

function showCode() {
  const shown = at("code").value.trim();
  // An app shows six digits, and a recovery code is longer.
  const proof = shown.replace(/\s/g, "").length > 6 ? { recoveryCode: shown } : { code: shown };
  return take(COMPLETE, { challenge, ...proof });
}

function choosePassword() {
  return take(CHOOSE, { challenge, newPassword: at("chosen").value, newPasswordConfirmation: at("again").value });
}

/** Take one step of the sign-in, and show the form of the next one, or who is signed in. */
async function take(mutation, input) {
  at("refusal").textContent = "";
  const { status, body } = await ask(mutation, { input });
  const payload = body?.data?.step;
  const said = [...(payload?.userErrors ?? []), ...(body?.errors ?? [])].map((error) => error.message);
  if (!payload || said.length) {
    at("refusal").textContent = said.join(" ") || `The server answered with status ${status}.`;
  } else if (payload.step !== "SIGNED_IN") {
    challenge = payload.challenge;
    showForm(FORMS[payload.step]);
    at(FORMS[payload.step]).querySelector("input").focus();
  } else if (await showWho()) {
    at("operation").focus();
  } else {
    at("refusal").textContent = "The session did not hold: the cookie needs HTTPS, or localhost.";
  }
}

async function signOut() {
  await ask(SIGN_OUT);
  at("answer").replaceChildren();
  at("measure").textContent = "";
  await showWho();
  at("username").focus();
}

// ---------------------------------------------------------------- one operation

function variablesTyped() {
  const text = at("variables").value.trim();
  const variables = text ? parsed(text) : {};
  const wrong = variables === null || typeof variables !== "object" || Array.isArray(variables);
  at("variables").setAttribute("aria-invalid", String(wrong));
  at("mistake").textContent = wrong ? "The variables are not a JSON object." : "";
  return wrong ? null : variables;
}

async function run() {
  const variables = variablesTyped();
  if (variables === null) {
    at("variables").focus();
    return;
  }
  at("measure").textContent = "Running…";
  const answer = await ask(at("operation").value, variables);
  showAnswer(answer);
  if (answer.body?.errors?.some((error) => error.extensions?.code === "UNAUTHENTICATED")) {
    await showWho();
  }
}

function showAnswer({ status, text, body, took }) {
  const faults = body?.errors?.length ?? 0;
  const size = new Intl.NumberFormat("en").format(new Blob([text]).size);
  at("measure").textContent = `Status ${status}, ${Math.round(took)} ms, ${size} bytes`;
  if (faults) {
    at("measure").append(", ", marked("wrong", faults === 1 ? "1 error" : `${faults} errors`));
  }
  at("answer").replaceChildren(...(body === null ? [text] : coloured(JSON.stringify(body, null, 2))));
  at("answer").scrollTop = 0;
}

/** Return nodes for a JSON text; keys, strings and other values are marked, and web addresses can be followed. */
function coloured(json) {
  const nodes = [];
  let done = 0;
  for (const found of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\btrue\b|\bfalse\b|\bnull\b/g)) {
    const [, string, colon] = found;
    const whole = string ?? found[0];
    nodes.push(json.slice(done, found.index));
    nodes.push(marked(string ? (colon ? "key" : "text") : "number", string && !colon ? linked(string) : whole));
    done = found.index + whole.length;
  }
  nodes.push(json.slice(done));
  return nodes;
}

function linked(string) {
  const address = JSON.parse(string);
  if (!/^https?:\/\/\S+$/.test(address)) {
    return string;
  }
  const link = document.createElement("a");
  Object.assign(link, { href: address, target: "_blank", rel: "noopener noreferrer", textContent: string });
  return link;
}

function marked(kind, content) {
  const span = document.createElement("span");
  span.className = kind;
  span.append(content);
  return span;
}

// ---------------------------------------------------------------- the editors

async function showExample() {
  const chosen = examples[at("example").selectedIndex];
  at("operation").value = chosen.content.textContent.trim();
  at("operation").scrollTop = 0;
  const variables = await filledIn(chosen.dataset.variables ?? "");
  if (chosen === examples[at("example").selectedIndex]) {
    at("variables").value = variables;
    variablesTyped();
  }
}

async function filledIn(variables) {
  if (!variables.includes("FIRST_DOCUMENT")) {
    return variables && JSON.stringify(JSON.parse(variables), null, 2);
  }
  const { body } = await ask(FIRST_DOCUMENT).catch(() => ({ body: null }));
  return filledIn(variables.replace("FIRST_DOCUMENT", body?.data?.documents?.nodes[0]?.id ?? ""));
}

/** Tab writes two spaces, unless Escape was the key before: then it leaves, so that nobody is caught in the editor. */
function editing(event) {
  const editor = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    at("question").requestSubmit();
  } else if (event.key === "Tab" && !event.shiftKey && editor.dataset.leaving !== "yes") {
    event.preventDefault();
    editor.setRangeText("  ", editor.selectionStart, editor.selectionEnd, "end");
  }
  editor.dataset.leaving = event.key === "Escape" ? "yes" : "no";
}

/** Let a form or a button do its work once at a time, and say so where the server cannot be reached. */
function does(element, kind, work) {
  const button = element.querySelector("[type=submit]") ?? element;
  const said = at(at("gate").contains(element) ? "refusal" : "measure");
  element.addEventListener(kind, async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") {
      return;
    }
    button.setAttribute("aria-disabled", "true");
    try {
      await work();
    } catch (error) {
      said.replaceChildren(marked("wrong", `The server cannot be reached: ${error.message}`));
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}

at("example").append(...examples.map((example) => new Option(example.dataset.name)));
does(at("sign-in"), "submit", signIn);
does(at("second-factor"), "submit", showCode);
does(at("first-password"), "submit", choosePassword);
does(at("sign-out"), "click", signOut);
does(at("question"), "submit", run);
at("example").addEventListener("change", showExample);
for (const editor of [at("operation"), at("variables")]) {
  editor.addEventListener("keydown", editing);
}
at("variables").addEventListener("input", variablesTyped);
showExample();
showWho().catch(() => {
  at("who").textContent = "The server cannot be reached";
  showGate(true);
});
