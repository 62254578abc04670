/* The questions of a page: their values, and what the server says about them. */

import * as sync from "./sync.js";

export const questions = (root) => [...root.querySelectorAll("[data-code]")];

const boxes = (one) => [...one.querySelectorAll("input[type=checkbox]:not([data-none])")];

export function rowsOf(text, columns) {
  const rows = [];
  for (const line of text.split(/\r?\n/)) {
    let cells = line.split(/[,，、;；\t]/).map((cell) => cell.trim());
    if (!cells.some(Boolean)) continue;
    const head = cells.slice(0, columns.length - 1);
    const rest = cells.slice(columns.length - 1);
    cells = rest.length ? [...head, rest.join("，")] : head;
    rows.push(Object.fromEntries(columns.map((column, place) => [column, cells[place] ?? ""])));
  }
  return rows;
}

export function value(one) {
  const { code, kind } = one.dataset;
  if (kind === "one") {
    const chosen = one.querySelector("input:checked");
    if (!chosen) return null;
    return code.startsWith("B.") ? Number(chosen.value) : chosen.value;
  }
  if (kind === "many") {
    const chosen = boxes(one).filter((box) => box.checked).map((box) => box.value);
    if (chosen.length) return chosen;
    return one.querySelector("[data-none]")?.checked ? [] : null;
  }
  const text = one.querySelector("input, textarea").value;
  if (kind === "rows") {
    const rows = rowsOf(text, one.dataset.columns.split(" "));
    return rows.length ? rows : null;
  }
  const plain = kind === "notes" ? text.trim() : text.trim().replace(/\s+/g, " ");
  if (kind === "number" && /^[0-9]{1,4}$/.test(plain)) return Number(plain);
  return plain || null;
}

export function fill(one, wanted) {
  const { kind } = one.dataset;
  if (kind === "one") {
    for (const box of one.querySelectorAll("input")) box.checked = String(wanted ?? "") === box.value && wanted !== null;
  } else if (kind === "many") {
    for (const box of boxes(one)) box.checked = Array.isArray(wanted) && wanted.includes(box.value);
    const none = one.querySelector("[data-none]");
    if (none) none.checked = Array.isArray(wanted) && wanted.length === 0;
  } else {
    const field = one.querySelector("input, textarea");
    if (field === document.activeElement) return;
    field.value = kind === "rows" && Array.isArray(wanted)
      ? wanted.map((row) => one.dataset.columns.split(" ").map((column) => row[column] ?? "").join("，").replace(/，+$/, "")).join("\n")
      : (wanted ?? "");
  }
}

/* “None” stands alone, as the scale says. */
function keepAlone(one, touched) {
  if (!touched.checked || one.dataset.kind !== "many") return;
  const alone = touched.matches("[data-alone], [data-none]");
  for (const box of one.querySelectorAll("input")) {
    if (box !== touched && (alone || box.matches("[data-alone], [data-none]"))) box.checked = false;
  }
}

export function watch(root, no, step) {
  const typed = new Map();
  root.addEventListener("change", (event) => {
    const one = event.target.closest("[data-code]");
    if (!one) return;
    keepAlone(one, event.target);
    clearTimeout(typed.get(one));
    told(one);
  });
  root.addEventListener("input", (event) => {
    const one = event.target.closest("[data-code]");
    if (!one || !["text", "notes", "rows", "number"].includes(one.dataset.kind)) return;
    clearTimeout(typed.get(one));
    typed.set(one, setTimeout(() => told(one), 900));
  });
  async function told(one) {
    await sync.changed(no, step, one.dataset.code, value(one));
    left(root);
    sync.soon();
  }
}

/* How many questions of the page that must be answered are not. */
export function left(root) {
  const needed = questions(root).filter((one) => one.dataset.needed !== undefined);
  const empty = needed.filter((one) => value(one) === null).length;
  const said = root.querySelector("[data-left]");
  const text = empty ? sync.filled(sync.word("missing"), empty) : sync.word("complete");
  if (said && said.textContent !== text) said.textContent = text;
  const count = document.querySelector(".form-steps .current .count");
  if (count && needed.length) count.textContent = `${needed.length - empty}/${needed.length}`;
  return empty;
}

/* The server's word on a form: what others filled in, what seems odd, what clashes. */
export function tell(root, state) {
  const values = { ...state.fields, ...state.changed };
  for (const one of questions(root)) {
    const { code } = one.dataset;
    fill(one, code in values ? values[code] : null);
    const odd = (state.warnings ?? []).filter((each) => each.code === code).map((each) => each.said);
    const says = one.querySelector("[data-says]");
    if (says.textContent.trim() !== odd.join("")) {
      says.replaceChildren(...odd.map((each) => {
        const line = document.createElement("p");
        line.textContent = each;
        return line;
      }));
    }
    one.classList.toggle("clashes", (state.conflicts ?? []).some((each) => each.code === code));
  }
  left(root);
}

/* The same digest as the server's: the number, the turn and every field, a line each, sorted. */
export async function content(no, turn, values) {
  const line = (given) =>
    Array.isArray(given)
      ? given.map((one) => (typeof one === "object" ? Object.values(one).join("|") : one)).join(",")
      : String(given);
  const fields = Object.keys(values).filter((code) => values[code] !== null).sort();
  const text = [no, String(turn), ...fields.map((code) => `${code}=${line(values[code])}`)].join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
