// A button that prints the page; without script it is not there, and the browser's own menu prints.

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
