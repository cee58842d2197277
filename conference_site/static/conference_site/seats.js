// Plus and minus beside the quantities, and an estimate of the total. The server
// computes the total that is charged.
(() => {
  "use strict";

  const form = document.querySelector("[data-seats]");
  if (!form) return;
  const total = form.querySelector("[data-estimate]");
  form.querySelector("[data-estimate-total]").hidden = false;
  const lines = form.querySelector("[data-estimate-lines]");
  const empty = form.querySelector("[data-estimate-empty]");
  const inputs = [...form.querySelectorAll("[data-price]")];
  const money = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency: form.dataset.currency,
  });
  const places = Math.min(money.resolvedOptions().maximumFractionDigits, 3);

  const quantityOf = (input) => {
    const quantity = Number.parseInt(input.value, 10);
    return Number.isFinite(quantity) && quantity > 0 ? Math.min(quantity, 1e6) : 0;
  };

  // As the server does it: in whole numbers, the tax by itself, halves to the even side.
  const thousandths = (text) => BigInt(Math.round(Number(text) * 1000));

  const rounded = (amount, unit) => {
    const whole = amount / unit;
    const twice = 2n * (amount % unit);
    return twice > unit || (twice === unit && whole % 2n === 1n) ? whole + 1n : whole;
  };

  const amountOf = (input) => {
    const net = BigInt(quantityOf(input)) * thousandths(input.dataset.price);
    const tax = net * thousandths(input.dataset.taxOnTop);
    return (
      rounded(net, 10n ** BigInt(3 - places)) + rounded(tax, 10n ** BigInt(8 - places))
    );
  };

  const inWords = (minorUnits) => money.format(Number(minorUnits) / 10 ** places);

  const lineFor = (input) => {
    const row = document.createElement("div");
    const name = document.createElement("dt");
    const amount = document.createElement("dd");
    name.textContent = `${quantityOf(input)} × ${input.dataset.name}`;
    amount.textContent = inWords(amountOf(input));
    row.append(name, amount);
    return row;
  };

  const update = () => {
    const chosen = inputs.filter((input) => quantityOf(input) > 0);
    const sum = chosen.reduce((soFar, input) => soFar + amountOf(input), 0n);
    total.textContent = inWords(sum);
    lines.replaceChildren(...chosen.map(lineFor));
    empty.hidden = chosen.length > 0;
    form.dispatchEvent(new Event("quantities"));
  };

  const button = (sign, label, press) => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "button";
    element.textContent = sign;
    element.setAttribute("aria-label", label);
    element.addEventListener("click", press);
    return element;
  };

  const enhance = (input) => {
    const step = (change) => () => {
      const wanted = quantityOf(input) + change;
      input.value = Math.min(Math.max(wanted, 0), Number(input.max));
      update();
    };
    const less = button("−", form.dataset.less.replace("{}", input.dataset.name), step(-1));
    const more = button("+", form.dataset.more.replace("{}", input.dataset.name), step(1));
    const limit = () => {
      less.disabled = quantityOf(input) === 0;
      more.disabled = quantityOf(input) >= Number(input.max);
    };
    input.before(less);
    input.after(more);
    input.parentElement.dataset.enhanced = "";
    input.addEventListener("input", update);
    form.addEventListener("quantities", limit);
  };

  inputs.forEach(enhance);
  update();
  window.addEventListener("pageshow", update);
})();
