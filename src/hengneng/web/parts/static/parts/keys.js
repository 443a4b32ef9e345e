// Keys in lists: j and k go from row to row, Enter opens (the focus stands on the row's link),
// / searches, n and p turn the page, ? shows the keys. Whoever speaks to the machine or leans on
// single keys otherwise switches them off there (WCAG 2.1.4). Without this script nothing is lost.

const STORE = "hengneng.keys";
const dialog = document.getElementById("keyboard");

const isOn = () => localStorage.getItem(STORE) !== "off";
const isTyping = (place) => place.matches("input, select, textarea, [contenteditable]");

// The link of each row that is shown, of every list on the page in order.
function rowLinks() {
  const rows = document.querySelectorAll("[data-rows] tbody tr, ul[data-rows] > li");
  return [...rows]
    .filter((row) => row.checkVisibility())
    .map((row) => row.querySelector("th a, a"))
    .filter(Boolean);
}

function step(by) {
  const links = rowLinks();
  const row = document.activeElement?.closest("tr, li");
  const here = links.findIndex((link) => row?.contains(link));
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}

const follow = (name) => document.querySelector(`a[rel="${name}"]`)?.click();

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => follow("next"),
  p: () => follow("prev"),
  "/": () => document.querySelector("main input[type=search]")?.focus(),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const act = ACTS[event.key];
  if (!act || !isOn() || dialog.open || isTyping(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

const help = document.querySelector("[data-keys-help]");
help.hidden = false;
help.addEventListener("click", () => dialog.showModal());

const choice = dialog.querySelector("[data-keys-on]");
choice.checked = isOn();
choice.addEventListener("change", () => localStorage.setItem(STORE, choice.checked ? "on" : "off"));

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// On a phone the way round and the tabs scroll sideways: where one stands is in sight.
for (const current of document.querySelectorAll("nav [aria-current=page]")) {
  const strip = current.parentElement;
  strip.scrollLeft = current.offsetLeft - strip.offsetLeft - strip.clientWidth / 3;
}

// One menu is open at a time, and none once the reader goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
