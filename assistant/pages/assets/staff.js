// The staff page: links and buttons in our own HTML call the server, and a fault leads to its line.

"use strict";

// Gradio takes a box's text a moment after it is typed, so the button is pressed a little later.
function call(name, value) {
  const box = document.querySelector(`#${name}-with textarea, #${name}-with input`);
  box.value = value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => document.getElementById(`${name}-do`)?.click(), 80);
}

function goToLine(number) {
  const box = document.querySelector("#text textarea");
  const lines = box.value.split("\n");
  const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
  box.focus();
  box.setSelectionRange(start, start + lines[number - 1].length);
  const height = box.scrollHeight / lines.length; // a line's, on average: long ones are wrapped
  box.scrollTop = Math.max(0, height * (number - 4));
}

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-do], [data-line], .skip");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.do) {
    call(link.dataset.do, link.dataset.with);
    if (link.dataset.do === "open") showOpened = true;
  } else if (link.dataset.line) goToLine(Number(link.dataset.line));
  else document.querySelector("#tabs [role=tab]")?.focus();
});

// On a phone the story stands below the list: it comes into view once it is there.
let showOpened = false;
new MutationObserver(() => {
  // Gradio gives the button another name than the words it shows, which helps nobody who speaks to it.
  document.querySelector("#files .upload-container[aria-label]")?.removeAttribute("aria-label");
  const heading = showOpened && document.querySelector("#story-heading h2");
  if (!heading) return;
  showOpened = false;
  heading.scrollIntoView({ block: "start" });
  heading.focus({ preventScroll: true });
}).observe(document, { childList: true, subtree: true });

// What a click led to is told at the top of its tab, and the button may stand far below: it comes
// into view. Only what is new does, so that nothing moves while a person reads on.
const toldBefore = new Map();
new MutationObserver(() => {
  for (const place of document.querySelectorAll("#add-told, #story-told, #questions-told")) {
    const told = place.querySelector(".told, .failure")?.textContent ?? "";
    if (told && told !== toldBefore.get(place.id)) place.scrollIntoView({ block: "nearest" });
    toldBefore.set(place.id, told);
  }
}).observe(document, { childList: true, subtree: true });

// A session that has ended answers with 401: the password is asked for again.
const request = window.fetch;
window.fetch = async (...what) => {
  const answer = await request(...what);
  if (answer.status === 401) location.assign("/staff/login");
  return answer;
};
