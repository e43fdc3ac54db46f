// Shows each price without VAT or with VAT, as the viewer chose. A classic script in the head, so that the choice holds before
// the first paint. The style sheet reads data-vat of <html>; without this script both prices are shown.
(() => {
  const NAME = "vat";
  const root = document.documentElement;

  /** Return the kept choice, "ex" or "inc". A browser may forbid the storage. */
  function kept() {
    try {
      return localStorage.getItem(NAME) === "inc" ? "inc" : "ex";
    } catch {
      return "ex";
    }
  }

  function keep(choice) {
    try {
      localStorage.setItem(NAME, choice);
    } catch {
      // The choice holds for this page only.
    }
  }

  function show(choice) {
    root.dataset.vat = choice;
    document.getElementById("vat")?.setAttribute("aria-pressed", String(choice === "inc"));
  }

  show(kept());
  document.addEventListener("DOMContentLoaded", () => show(kept()));
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("#vat")) return;
    const chosen = root.dataset.vat === "inc" ? "ex" : "inc";
    keep(chosen);
    show(chosen);
  });
  // Another tab made the choice, or the browser shows a page from its memory.
  addEventListener("storage", () => show(kept()));
  addEventListener("pageshow", ({ persisted }) => persisted && show(kept()));
})();
