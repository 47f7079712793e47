// `/` goes to the search from anywhere; arrow keys go through what it found, Escape goes back.
const input = document.getElementById("search");
const found = document.getElementById("found");

let from;

const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (!typing(event.target)) {
      event.preventDefault();
      from = event.target;
      input.focus();
      input.select();
    }
  }
});

input.form.addEventListener("keydown", (event) => {
  const hits = [...found.querySelectorAll("a")];
  const at = hits.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && hits.length) {
    event.preventDefault();
    hits[Math.min(at + 1, hits.length - 1)].focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    event.preventDefault();
    (hits[at - 1] ?? input).focus();
  } else if (event.key === "Escape") {
    found.replaceChildren();
    input.focus();
    input.blur();
    from?.focus();
    from = undefined;
  }
});

// Hits that come while somebody goes through those of fewer letters leave them where they are.
let left;

found.addEventListener("htmx:beforeSwap", () => {
  left = found.contains(document.activeElement) ? document.activeElement.href : undefined;
});

found.addEventListener("htmx:afterSwap", (event) => {
  if (left && event.target === found) {
    // What is found shows only, and takes the focus only, while the focus is in the search.
    input.focus();
    [...found.querySelectorAll("a")].find((hit) => hit.href === left)?.focus();
  }
});
