// “Lift” takes along what is marked of the text it stands below: the next page (lifting.js) has it as the part that is taken.
// Without this script the whole text is ticked there.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-lift]");
  if (!link) return;
  const prose = link.closest("article").querySelector(".prose");
  const marked = window.getSelection();
  const isHere = marked && !marked.isCollapsed && prose.contains(marked.anchorNode) && prose.contains(marked.focusNode);
  if (isHere) sessionStorage.setItem("lift", JSON.stringify({ passage: link.dataset.lift, text: marked.toString().trim() }));
  else sessionStorage.removeItem("lift");
});
