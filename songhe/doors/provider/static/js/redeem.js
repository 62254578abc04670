/* Redeeming: a scanner gun types, a camera or a photo is read in the browser, and the answer comes without a new page.
   Nothing is kept for later: without an answer of the server a bill is not booked, and the page says so. */

const PATIENCE = 12000;
const assets = new URL("..", import.meta.url);

let sound = null;
let busy = false;
let stopCamera = null;

const part = () => document.getElementById("redeem");
const offline = () => document.getElementById("offline");

/* Sounds: two rising notes for booked, one low for refused. Browsers allow them only after somebody pressed a key. */
function wake() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!sound && Context) sound = new Context();
  if (sound && sound.state === "suspended") sound.resume();
}

function note(frequency, from, length) {
  const tone = sound.createOscillator();
  const loud = sound.createGain();
  const start = sound.currentTime + from;
  tone.frequency.value = frequency;
  loud.gain.setValueAtTime(0.0001, start);
  loud.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.0001, start + length);
  tone.connect(loud).connect(sound.destination);
  tone.start(start);
  tone.stop(start + length);
}

function play(outcome) {
  if (!sound) return;
  if (outcome === "booked") {
    note(660, 0, 0.16);
    note(990, 0.14, 0.28);
  } else if (outcome === "refused") {
    note(196, 0, 0.45);
  } else if (outcome === "asked") {
    note(523, 0, 0.1);
  }
}

document.addEventListener("pointerdown", wake);
document.addEventListener("keydown", wake);

/* Not booked: said plainly, and everything that was typed stays where it is. */
function say(which) {
  const box = offline();
  if (!box) return;
  box.hidden = !which;
  for (const line of box.querySelectorAll("[data-said]")) line.hidden = line.dataset.said !== which;
  if (which) {
    play("refused");
    box.scrollIntoView({ block: "nearest" });
  }
}

window.addEventListener("online", () => say(""));

function rest(form, resting) {
  for (const button of form.querySelectorAll("button")) button.disabled = resting;
}

async function send(form, step) {
  if (busy) return;
  if (!navigator.onLine) {
    say("offline");
    return;
  }
  busy = true;
  const body = new FormData(form);
  body.set("step", step);
  rest(form, true);
  const patience = new AbortController();
  const clock = window.setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      signal: patience.signal,
      headers: { Accept: "text/html" },
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("redeem");
    if (!now) {
      window.location.assign(answer.url);
      return;
    }
    say("");
    show(now);
    if (answer.redirected) window.history.replaceState(null, "", answer.url);
  } catch {
    rest(form, false);
    say(navigator.onLine ? "lost" : "offline");
  } finally {
    window.clearTimeout(clock);
    busy = false;
  }
}

function show(now) {
  if (stopCamera) stopCamera();
  const was = part();
  was.replaceWith(document.importNode(now, true));
  const here = part();
  play(here.dataset.outcome);
  prepare();
  const wanted = here.querySelector("[data-focus]") || here;
  wanted.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-redeem]");
  if (!form) return;
  /* Before the frame's own guard: this page answers in place, and its buttons come back. */
  event.preventDefault();
  event.stopImmediatePropagation();
  send(form, (event.submitter && event.submitter.value) || "quote");
}, { capture: true });

/* What was read goes into the field; with an item chosen the question is asked at once. */
function found(text) {
  const here = part();
  const field = here.querySelector("[data-scan]");
  if (!field) return;
  field.value = text;
  tell("found");
  const form = field.form;
  const item = form.elements.item_1;
  if (!item || item.value) send(form, form.dataset.atOnce ?? "quote");
  else item.focus();
}

function tell(what) {
  const line = part().querySelector("[data-scan-said]");
  if (line) line.textContent = what ? line.dataset[what.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())] : "";
}

/* The browser's own reader, else the one that is served from here. It is made ready while nobody waits for it. */
let reader = null;

function readerOfCodes() {
  reader ??= makeReader().catch((fault) => {
    reader = null;
    throw fault;
  });
  return reader;
}

async function makeReader() {
  if ("BarcodeDetector" in window) {
    try {
      const kinds = await window.BarcodeDetector.getSupportedFormats();
      if (kinds.includes("qr_code")) {
        const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
        return async (picture) => {
          const codes = await detector.detect(picture);
          return codes.length ? codes[0].rawValue : "";
        };
      }
    } catch {
      /* Some browsers name it and have no service behind it. */
    }
  }
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("vendor/zxing-reader.js", assets);
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  const made = window.ZXingWASM;
  await made.prepareZXingModule({
    overrides: { locateFile: () => String(new URL("vendor/zxing-reader.wasm", assets)) },
    fireImmediately: true,
  });
  return async (picture) => {
    const codes = await made.readBarcodes(pixels(picture), { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
    const good = codes.find((code) => code.isValid && code.text);
    return good ? good.text : "";
  };
}

function pixels(picture) {
  const wide = picture.videoWidth || picture.width;
  const high = picture.videoHeight || picture.height;
  const scale = Math.min(1, 1600 / Math.max(wide, high));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(wide * scale);
  canvas.height = Math.round(high * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function fromPhoto(file) {
  tell("reading");
  try {
    const [read, picture] = await Promise.all([
      readerOfCodes(),
      window.createImageBitmap(file, { imageOrientation: "from-image" }),
    ]);
    const text = await read(picture);
    if (text) found(text);
    else tell("no-code");
  } catch {
    tell("no-code");
  }
}

async function fromCamera() {
  if (stopCamera) {
    stopCamera();
    return;
  }
  const box = part().querySelector("[data-viewfinder]");
  const video = box.querySelector("video");
  let stream = null;
  let over = false;
  stopCamera = () => {
    over = true;
    if (stream) for (const track of stream.getTracks()) track.stop();
    box.hidden = true;
    stopCamera = null;
  };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    box.hidden = false;
    await video.play();
    const read = await readerOfCodes();
    while (!over) {
      const text = video.readyState >= 2 ? await read(video) : "";
      if (text && !over) {
        stopCamera();
        found(text);
        return;
      }
      await new Promise((resolve) => window.setTimeout(resolve, 180));
    }
  } catch {
    if (stopCamera) stopCamera();
    tell("no-camera");
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-camera]")) fromCamera();
});

document.addEventListener("change", (event) => {
  const photo = event.target.closest("[data-photo]");
  if (photo && photo.files.length) {
    fromPhoto(photo.files[0]);
    photo.value = "";
  }
});

function prepare() {
  const here = part();
  if (!here) return;
  const ways = here.querySelector("[data-ways]");
  if (ways) {
    ways.hidden = false;
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
      ways.querySelector("[data-camera]").hidden = true;
    }
    const idle = window.requestIdleCallback ?? ((work) => window.setTimeout(work, 500));
    idle(() => readerOfCodes().catch(() => {}));
  }
  const field = here.querySelector("[data-scan]");
  if (field && !here.querySelector("[data-focus]")) field.focus();
}

prepare();
if (part() && part().dataset.outcome === "booked") play("booked");
