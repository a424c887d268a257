// Brings a page to its top when this window opens another one: a link or a button may lie far down.
(() => {
  const place = document.querySelector(".view");
  const main = document.querySelector('[data-testid="stMain"]');
  if (!place || !main) return;
  const { view } = place.dataset;
  const before = document.documentElement.dataset.view;
  document.documentElement.dataset.view = view;
  if (before !== undefined && before !== view) main.scrollTo(0, 0);
})();
