// Shows a desktop notification when a batch has ended, in a tab that has asked for one.
(() => {
  const place = document.querySelector(".notification");
  if (!place || !("Notification" in window)) return;
  const { batch, state, words } = place.dataset;
  const key = `notify-of-batch-${batch}`;

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
    button.textContent = button.disabled ? "You will be notified" : "Notify me when done";
  };
  button.onclick = async () => {
    if ((await Notification.requestPermission()) === "granted") sessionStorage.setItem(key, "asked");
    draw();
  };
  draw();
})();
