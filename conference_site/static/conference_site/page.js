// Small comforts on every page; everything works without them.
(() => {
  "use strict";

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => {
      button.removeAttribute("aria-disabled");
    });
  };

  // A form is sent once, however often the button is pressed; when no answer comes,
  // pressing again is allowed, and the server shows the same result.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    form.querySelectorAll("button[type=submit]").forEach((button) => {
      button.setAttribute("aria-disabled", "true");
    });
    setTimeout(release, 8000, form);
  });

  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  // What went wrong is where reading starts.
  document.querySelector("[data-error-summary]")?.focus();

  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    });
  });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // One click puts the registrant on the first free seat.
  document.querySelectorAll("[data-fill]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const values = { first_name: "firstName", last_name: "lastName", email: "email" };
      const seats = [...document.querySelectorAll("[data-seat]")];
      const free = seats.find((seat) =>
        [...seat.querySelectorAll("input:not([type=hidden])")].every((input) => !input.value),
      );
      if (!free) return;
      Object.entries(values).forEach(([name, key]) => {
        free.querySelector(`input[name$="-${name}"]`).value = button.dataset[key];
      });
      free.querySelector("input:not([type=hidden])").focus();
    });
  });
})();
