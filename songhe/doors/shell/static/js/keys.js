/* Security keys: the page asks, the key signs, the server checks. Without scripts the code of an app serves. */

const bytesOf = (text) => {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
};

const textOf = (buffer) => {
  let plain = "";
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const withIds = (known) => (known || []).map((one) => ({ ...one, id: bytesOf(one.id) }));

/* What the server asked, as the browser wants it. */
function asked(options) {
  const wanted = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) wanted.user = { ...options.user, id: bytesOf(options.user.id) };
  if (options.excludeCredentials) wanted.excludeCredentials = withIds(options.excludeCredentials);
  if (options.allowCredentials) wanted.allowCredentials = withIds(options.allowCredentials);
  for (const name of Object.keys(wanted)) {
    if (wanted[name] === null) delete wanted[name];
  }
  return wanted;
}

/* What the key answered, as the server reads it. */
function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = textOf(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });
}

async function send(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.redirected) {
    window.location.assign(answer.url);
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function use(form) {
  const question = form.dataset.newKey || form.dataset.key;
  const options = await send(question, new URLSearchParams(new FormData(form)));
  if (!options) return;
  const publicKey = asked(options.publicKey);
  const credential = form.dataset.newKey
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  const body = new URLSearchParams(new FormData(form));
  body.set("answer", answered(credential));
  const done = await send(form.action, body);
  if (done) window.location.assign(done.next);
}

for (const form of document.querySelectorAll("form[data-key], form[data-new-key]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const words = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    words.hidden = true;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await use(form);
    } catch {
      words.textContent = form.dataset.failed;
      words.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
