// Counts a hold down by the server's clock: the page says what time it was there when
// it was made, and only the time passed since then is measured here.
(() => {
  "use strict";

  const clock = document.querySelector("[data-countdown]");
  if (!clock) return;
  const digits = clock.querySelector("[data-countdown-digits]");
  const announcement = clock.querySelector("[data-countdown-announcement]");
  const secondsAtLoad = Number(clock.dataset.secondsLeft);
  const loadedAt = Date.now();
  let before = secondsAtLoad;
  let timer = null;

  const secondsLeft = () =>
    Math.max(0, Math.ceil(secondsAtLoad - (Date.now() - loadedAt) / 1000));

  // Said when the moment passes, and not when the page was asleep and missed it.
  const announce = (left, moment, sentence) => {
    if (before > moment && left <= moment && left > moment - 15) {
      announcement.textContent = sentence;
    }
  };

  const end = () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
    const released = document.createElement("strong");
    released.className = "released";
    released.setAttribute("role", "alert");
    released.textContent = clock.dataset.released;
    clock.replaceChildren(released);
    // The server decides whether the hold has really ended; asked anew, so that a form
    // that was sent is not sent again.
    setTimeout(() => window.location.replace(window.location.href.split("#")[0]), 4000);
  };

  const tick = () => {
    const left = secondsLeft();
    digits.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.toggleAttribute("data-urgent", left <= 120);
    announce(left, 300, clock.dataset.fiveMinutes);
    announce(left, 60, clock.dataset.oneMinute);
    before = left;
    if (left === 0) end();
  };

  timer = setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  tick();
})();
