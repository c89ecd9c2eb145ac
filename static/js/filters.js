// Facets take effect when one is ticked. Where they are folded (a phone) the Apply button stays in charge, because
// several are chosen there before one looks. After the new page came, the same box has the focus again.

const KEPT = "filters-focus";

document.querySelectorAll("form[data-filters]").forEach((form) => {
  form.addEventListener("change", (event) => {
    if (event.target.id === "facets-opener" || form.querySelector(".facets-label").offsetParent !== null) return;
    try {
      sessionStorage.setItem(KEPT, event.target.id);
    } catch (error) { /* storage may be forbidden; then only the focus is lost */ }
    form.submit();
  });
});

try {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const box = kept && document.getElementById(kept);
  if (box) box.focus({ preventScroll: true });
} catch (error) { /* as above */ }
