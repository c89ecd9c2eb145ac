// On a phone the navigation scrolls sideways: bring the current page into sight.

document.querySelectorAll("[data-show-current]").forEach((strip) => {
  const current = strip.querySelector("[aria-current]");
  if (current && strip.scrollWidth > strip.clientWidth) {
    strip.scrollLeft = current.offsetLeft - strip.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
  }
});
