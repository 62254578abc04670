/* The photograph, made small before it leaves; the place, if consented to; the signature, drawn with finger or pen. */

import * as sync from "./sync.js";

const LONGEST = 1600;

const asData = (blob) =>
  new Promise((give, fail) => {
    const reader = new FileReader();
    reader.onload = () => give(reader.result);
    reader.onerror = fail;
    reader.readAsDataURL(blob);
  });

async function small(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((give) => canvas.toBlob(give, "image/jpeg", 0.85));
}

function said(form, text, bad = false) {
  form.querySelector("[data-said]")?.remove();
  const line = document.createElement("p");
  line.dataset.said = "";
  line.className = bad ? "field-error" : "muted";
  line.setAttribute("role", bad ? "alert" : "status");
  line.textContent = text;
  form.append(line);
}

/* Once it is chosen it goes to the queue; the button is for where there are no scripts. */
export function photo(root, no) {
  const form = root.querySelector("[data-photo-form]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const shown = root.querySelector("[data-photo-shown]");
  form.querySelector("[data-photo-button]").hidden = true;
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    const blob = await small(file).catch(() => file);
    const data = await asData(blob);
    const made = await sync.enqueue({ no, kind: "photo", file: { field: "photo", name: "photo.jpg", data } });
    shown.src = data;
    shown.hidden = false;
    const done = (await sync.flush())[made.key];
    if (done?.sent) said(form, done.said);
    else if (done !== "refused") said(form, sync.word("photoHere"));
  });
}

export function place(root, no) {
  const card = root.querySelector("[data-place-card]");
  if (!card || !navigator.geolocation) return;
  card.hidden = false;
  const form = card.querySelector("form");
  const tells = card.querySelector("[data-place-said]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const consent = form.consent.checked ? form.consent.value : "";
    if (!consent) {
      form.consent.focus();
      return;
    }
    navigator.geolocation.getCurrentPosition(
      async ({ coords }) => {
        const fields = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, consent };
        await sync.enqueue({ no, kind: "place", fields });
        tells.textContent = tells.dataset.done;
        await sync.flush();
      },
      () => { tells.textContent = tells.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
}

/* The box to sign in: strokes in black on nothing, smooth enough for a name. */
function pad(form) {
  const box = form.querySelector("[data-pad]");
  const canvas = box.querySelector("canvas");
  const pen = canvas.getContext("2d");
  let strokes = 0;
  let from = null;
  box.hidden = false;
  const at = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [
      ((event.clientX - frame.left) * canvas.width) / frame.width,
      ((event.clientY - frame.top) * canvas.height) / frame.height,
    ];
  };
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    from = at(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    for (const one of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
      const to = at(one);
      pen.lineWidth = 5 + (one.pressure || 0.5) * 4;
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = "#10201a";
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
      from = to;
      strokes += 1;
    }
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { from = null; });
  box.querySelector("[data-pad-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    strokes = 0;
  });
  return () => (strokes > 3 ? canvas.toDataURL("image/png") : "");
}

/* ``seen`` tells what is signed: the page's own digest, or the one worked out here where there is no network. */
export function signing(root, no, seen) {
  const form = root.querySelector("[data-sign-form]");
  if (!form) return;
  const drawn = pad(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = drawn();
    const typed = form.typed.value.trim();
    if (!data && !typed) {
      form.querySelector("[data-typed]").open = true;
      form.typed.focus();
      return;
    }
    const press = form.querySelector("button.main");
    press.disabled = true;
    const fields = { seen: await seen(), fee: form.fee?.value ?? "", ...(data ? {} : { typed }) };
    const file = data ? { field: "drawing", name: "signature.png", data } : null;
    const made = await sync.enqueue({ no, kind: "sign", fields, file });
    const done = (await sync.flush())[made.key];
    if (done?.sent) {
      location.assign(done.address);
      return;
    }
    press.disabled = false;
    if (done === "refused") {
      const told = await sync.problemOf(made.id);
      await sync.discard(made);
      said(form, told, true);
    } else {
      said(form, sync.word("signedHere"));
    }
  });
}
