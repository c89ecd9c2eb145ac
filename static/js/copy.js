// A button that copies the text beside it. Without the clipboard (an old phone, no https) the text is selected and copied so.

document.querySelectorAll("button[data-copy]").forEach((button) => {
  const input = button.parentElement.querySelector("input");
  const label = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.hidden = false;

  button.addEventListener("click", async () => {
    input.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(input.value);
      copied = true;
    } catch (error) {
      copied = document.execCommand("copy");
    }
    if (!copied) return; // it stays selected, to be copied by hand
    button.textContent = button.dataset.copy;
    setTimeout(() => { button.textContent = label; }, 3000);
  });
});
