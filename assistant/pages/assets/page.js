// Ties an answer's numbers to their cards, asks the questions that are links, and keeps the latest
// turn in view. Gradio redraws the two panels while an answer arrives, so nothing is bound to their
// elements: listeners sit on the document, and what a reader chose is put back after a redraw.

"use strict";

const narrow = matchMedia("(max-width: 60rem)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const glide = () => (calm.matches ? "auto" : "smooth");

let chosenTurn = null; // the turn whose cards are shown, where it is not the latest
let turns = 0;

function showTurn(turn) {
  for (const set of document.querySelectorAll(".evidence-set")) set.hidden = set.dataset.turn !== turn;
}

function tie(name, on, style) {
  if (!name) return;
  for (const end of document.querySelectorAll(`[data-cite="${CSS.escape(name)}"]`)) end.classList.toggle(style, on);
}

function goTo(element, block) {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ behavior: glide(), block });
}

function showEvidence(turn, id) {
  chosenTurn = turn;
  showTurn(turn);
  for (const shown of document.querySelectorAll(".is-shown")) shown.classList.remove("is-shown");
  const target = document.getElementById(id);
  if (!target) return;
  tie(target.dataset.cite, true, "is-shown");
  goTo(target, narrow.matches ? "start" : "nearest");
}

function ask(question, button) {
  give(question, "#question textarea", button);
}

function give(text, field, button) {
  const box = document.querySelector(field);
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.querySelector(button)?.click(), 60); // once Gradio has taken the text
}

function save(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // once the browser has taken it
}

async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser did not allow it";
  }
  setTimeout(() => { button.textContent = label; }, 2000);
}

document.addEventListener("click", (event) => {
  const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest("a, button");
  if (!link || !plain) return;
  if (link.matches(".cite, .show-evidence")) {
    event.preventDefault();
    showEvidence(link.dataset.turn, link.getAttribute("href").slice(1));
  } else if (link.matches(".back")) {
    const place = document.getElementById(link.getAttribute("href").slice(1));
    if (!place) return;
    event.preventDefault();
    goTo(place, place.matches(".cite") ? "center" : "start");
  } else if (link.matches("[data-ask]")) {
    event.preventDefault();
    ask(link.dataset.ask, "#send");
  } else if (link.dataset.askAlone) {
    ask(link.dataset.askAlone, "#ask-alone");
  } else if (link.dataset.report) {
    give(link.dataset.report, "#report-turn textarea", "#report");
  } else if (link.dataset.save) {
    save(link.dataset.save, link.dataset.name);
  } else if (link.matches("#stop")) {
    document.querySelector("#question textarea")?.focus({ preventScroll: true }); // it vanishes
  } else if (link.matches(".skip")) {
    const box = document.querySelector("#question textarea");
    if (!box) return;
    event.preventDefault();
    goTo(box, "nearest");
  } else if (link.dataset.copyAddress) {
    copy(link, new URL(link.dataset.copyAddress, location.href).href);
  } else if (link.dataset.copy) {
    copy(link, link.dataset.copy);
  }
});

for (const [event, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(event, (e) => tie(e.target.closest?.("[data-cite]")?.dataset.cite, on, "is-tied"));
}

function redrawn() {
  const now = document.querySelectorAll("#dialogue .turn");
  if (now.length !== turns) {
    turns = now.length;
    chosenTurn = null;
    for (const shown of document.querySelectorAll(".is-shown")) shown.classList.remove("is-shown");
    now[turns - 1]?.querySelector(".question").scrollIntoView({ behavior: glide(), block: "start" });
    document.querySelector("#evidence")?.scrollTo({ top: 0 });
  }
  if (chosenTurn) showTurn(chosenTurn);
}

// Gradio builds the page after this script has run, so wait for the panels to be there.
function settle() {
  const box = document.querySelector("#question textarea");
  const panels = ["#dialogue", "#evidence-panel"].map((name) => document.querySelector(name));
  if (!box || panels.includes(null)) return false;
  box.dir = "auto"; // a question in Arabic starts at the right
  const watch = new MutationObserver(redrawn);
  for (const panel of panels) watch.observe(panel, { childList: true, subtree: true });
  if (matchMedia("(hover: hover) and (pointer: fine)").matches) box.focus({ preventScroll: true });
  redrawn();
  return true;
}

const building = new MutationObserver(() => { if (settle()) building.disconnect(); });
building.observe(document, { childList: true, subtree: true });
