// A place to drop files on. The names of what was chosen are listed, and what is too large is said before it is sent.

function show(zone, input) {
  const list = zone.querySelector("[data-picked]");
  const limit = Number(zone.dataset.maxBytes || 0);
  while (list.firstChild) list.removeChild(list.firstChild);
  let wrong = false;
  Array.from(input.files).forEach((file) => {
    const line = document.createElement("li");
    line.textContent = file.name;
    if (limit && file.size > limit) {
      line.className = "wrong";
      line.textContent = file.name + " – " + zone.dataset.tooLarge;
      wrong = true;
    }
    list.appendChild(line);
  });
  input.setCustomValidity(wrong ? zone.dataset.tooLarge : "");
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

document.querySelectorAll("[data-file-picker]").forEach((zone) => {
  const input = zone.querySelector("input[type=file]");
  zone.querySelector("[data-drop-hint]").hidden = false;
  input.addEventListener("change", () => show(zone, input));
  ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, (event) => {
    if (!Array.from(event.dataTransfer.types).includes("Files")) return;
    event.preventDefault();
    zone.classList.add("drop-over");
  }));
  ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("drop-over")));
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const chosen = new DataTransfer();
    Array.from(event.dataTransfer.files).slice(0, input.multiple ? undefined : 1).forEach((file) => chosen.items.add(file));
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
});
