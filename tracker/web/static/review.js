// Single keys for the desk. Every key presses a button or opens a field that stands on the page; without this file nothing is lost.
"use strict";
(() => {
  const STORE = "desk-keys-off";
  let off = false;
  try { off = localStorage.getItem(STORE) === "1"; } catch { off = false; }
  for (const place of document.querySelectorAll("[data-keys-switch]")) {
    const box = place.querySelector("input");
    place.hidden = false;
    box.checked = !off;
    box.addEventListener("change", () => {
      off = !box.checked;
      try { localStorage.setItem(STORE, off ? "1" : "0"); } catch { /* it lasts for this page then */ }
    });
  }
  const typing = (one) =>
    one.isContentEditable || one.tagName === "TEXTAREA" || one.tagName === "SELECT" ||
    (one.tagName === "INPUT" && !["radio", "checkbox", "button", "submit"].includes(one.type));
  const open = (one) => {
    for (let box = one.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  };
  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "k") { history.back(); return; }
    if (!/^[a-z0-9]$/.test(key)) return;
    const one = document.querySelector(`[data-key="${key}"]`);
    if (!one) return;
    event.preventDefault();
    if (one.tagName === "BUTTON") { one.click(); return; }
    open(one);
    if (one.dataset.press) {
      one.checked = true;
      one.form.querySelector(`.actionbar [value="${one.dataset.press}"]`).click();
    } else {
      one.focus();
      if (one.select) one.select();
    }
  });
})();
