// Which place of the list was opened, for what was searched: told to the server while the browser is already on its way.
// The seal of the list and a number go there, nothing else; without script nothing is told.

document.querySelectorAll("[data-note-opened]").forEach((list) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const hit = link && link.closest(".hit");
    if (!hit || !token || !navigator.sendBeacon) return;
    const place = Array.from(list.querySelectorAll(".hit")).indexOf(hit);
    navigator.sendBeacon(list.dataset.noteOpened, new URLSearchParams({
      csrf_token: token.content,
      shown: list.dataset.shown,
      rank: String(Number(list.dataset.first) + place),
    }));
  });
});
