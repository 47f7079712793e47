// A button that copies the text of the element named by `data-copy`; shown where it can work.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy).cloneNode(true);
    for (const number of source.querySelectorAll(".n")) number.remove();
    try {
      await navigator.clipboard.writeText(source.textContent.trimEnd());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select the text and copy it";
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
