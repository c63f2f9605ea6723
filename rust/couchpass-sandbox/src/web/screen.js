// What makes the second screen quicker to use. Every page does its work without it.
"use strict";

// Somebody who hears the page rather than sees it hears first what went wrong.
const why = document.getElementById("why");
if (why) why.focus();

// The picker narrows down as its reader types; without a script the form asks the server.
const search = document.querySelector("form[role=search]");
if (search) {
  const field = search.querySelector("input[type=search]");
  const count = document.getElementById("count");
  const entries = [...document.querySelectorAll("#providers li")];
  search.querySelector("button").hidden = true;
  const narrow = () => {
    const sought = field.value.trim().toLowerCase();
    for (const entry of entries) entry.hidden = !entry.textContent.toLowerCase().includes(sought);
    const left = entries.filter((entry) => !entry.hidden).length;
    const words = left === 0 ? "No provider of this name." : left === 1 ? "1 provider" : `${left} providers`;
    if (count.textContent !== words) count.textContent = words;
  };
  field.addEventListener("input", narrow);
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    // Enter takes the provider that is left, and otherwise goes on to the list.
    const left = entries.filter((entry) => !entry.hidden);
    if (left.length === 1) left[0].querySelector("a").click();
    else if (left.length > 0) left[0].querySelector("a").focus();
  });
  // A browser that goes back fills the field in again by itself.
  narrow();
}

// A password that is typed with a thumb may be looked at.
const password = document.getElementById("password");
if (password) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "second";
  button.textContent = "Show password";
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = password.type === "password";
    password.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  password.after(button);
}
