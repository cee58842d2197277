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
  let announced = null;
  let timer = null;

  const secondsLeft = () =>
    Math.max(0, Math.ceil(secondsAtLoad - (Date.now() - loadedAt) / 1000));

  const announce = (minutes, sentence) => {
    if (announced === minutes) return;
    announced = minutes;
    announcement.textContent = sentence;
  };

  const tick = () => {
    const left = secondsLeft();
    const seconds = String(left % 60).padStart(2, "0");
    digits.textContent = `${Math.floor(left / 60)}:${seconds}`;
    clock.toggleAttribute("data-urgent", left <= 120);
    if (left === 0) {
      clearInterval(timer);
      announce(0, clock.dataset.released);
      // The server decides whether the hold has really ended.
      setTimeout(() => window.location.reload(), 1500);
    } else if (left <= 60) {
      announce(1, clock.dataset.oneMinute);
    } else if (left <= 300 && left > 240) {
      announce(5, clock.dataset.fiveMinutes);
    }
  };

  timer = setInterval(tick, 1000);
  tick();
  document.addEventListener("visibilitychange", tick);
})();
