// The step that is proposed follows the kind till the writer chooses another one himself.

document.querySelectorAll("[data-usual-steps]").forEach((place) => {
  const usual = Object.fromEntries(place.dataset.usualSteps.split(",").map((pair) => pair.split(":")));
  const { kind, proposed } = place.closest("form").elements;
  const step = place.querySelector("select");
  kind.addEventListener("change", () => {
    if (step.value !== proposed.value || !usual[kind.value]) return;
    step.value = usual[kind.value];
    proposed.value = step.value;
  });
  // Also when a draft fills the form.
  step.addEventListener("input", () => { proposed.value = step.value === usual[kind.value] ? step.value : ""; });
});
