// Tells by a note on the desktop that a batch has ended, to whoever has asked for it in this tab.
(() => {
  const place = document.querySelector(".telling");
  if (!place || !("Notification" in window)) return;
  const { batch, state, words } = place.dataset;
  const key = `told-of-batch-${batch}`;

  if (state === "over") {
    if (sessionStorage.getItem(key) && document.hidden) {
      new Notification("FIBO Command Center", { body: words, tag: key });
    }
    sessionStorage.removeItem(key);
    return;
  }

  const button = place.querySelector("button");
  const draw = () => {
    button.hidden = Notification.permission === "denied";
    button.disabled = sessionStorage.getItem(key) !== null;
    button.textContent = button.disabled ? "You will be told" : "Notify me when done";
  };
  button.onclick = async () => {
    if ((await Notification.requestPermission()) === "granted") sessionStorage.setItem(key, "asked");
    draw();
  };
  draw();
})();
