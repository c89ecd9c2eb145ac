// Shows under a date field what the server understands of what is being typed: one reader of dates, on the server.

const PAUSE = 350; // ms after the last key

document.querySelectorAll("input[data-understand-url]").forEach((input) => {
  const output = document.getElementById(input.id + "-understood");
  let timer = 0;
  let asked = 0;

  async function ask() {
    const text = input.value.trim();
    const mine = ++asked;
    if (!text) {
      output.textContent = "";
      return;
    }
    const url = new URL(input.dataset.understandUrl, location.href);
    url.searchParams.set("text", text);
    try {
      const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (mine !== asked || typeof said.text !== "string") return; // a newer question is on its way
      output.textContent = said.text;
      output.classList.toggle("understood-not", !said.ok);
    } catch (error) {
      output.textContent = ""; // no answer is no error: the form is read again when it is sent
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  if (input.value && !output.textContent) ask();
});
