"use strict";
// Copies the text of a field; without this the field can be selected by hand.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.focus();
    field.select();
    let done = false;
    try {
      await navigator.clipboard.writeText(field.value);
      done = true;
    } catch {
      done = document.execCommand("copy");
    }
    const status = document.getElementById("copied");
    status.textContent = done ? "Copied." : "Press Ctrl+C to copy what is selected.";
  });
}
