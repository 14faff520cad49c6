"use strict";
/* The same words and digits as the table of prices: the program gives the lines, this draws a price from them. */
const MINUS = "\u2212";
const commas = (size, digits) => size.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const whole = (x) => (Math.round(Math.abs(x)) === 0 ? "0" : (x < 0 ? MINUS : "") + commas(Math.abs(x), 0));
const decimals = (size) => (size === 0 || size >= 0.005 ? 2 : 1 - Math.floor(Math.log10(size)));
function money(amount) {
  const size = Math.abs(amount), sign = amount < 0 ? "-" : "";
  if (size >= 1e6) return `${sign}${PRICES.currency} ${commas(size / 1e6, 2)} million`;
  if (size >= 1000) { const to = size >= 1e5 ? 100 : 10; return `${sign}${PRICES.currency} ${commas(Math.round(size / to) * to, 0)}`; }
  return `${sign}${PRICES.currency} ${commas(size, decimals(size))}`;
}
function ratio(cost, qalys) {
  if (cost === 0 && qalys === 0) return "no difference in costs or QALYs";
  if (cost <= 0 && qalys >= 0) return "dominant: no dearer and at least as effective";
  if (cost >= 0 && qalys <= 0) return "dominated: no cheaper and no more effective";
  const per = `${money(cost / qalys)} per QALY`;
  return cost > 0 ? `${per} gained` : `a saving of ${per} forgone`;
}
function verdict(product, share) {
  const good = (at) => at.from <= share + 1e-9 && share <= at.to + 1e-9;
  const parts = [];
  for (const [word, wanted] of [["cost-effective", true], ["not cost-effective", false]]) {
    const at = product.at.filter((one) => good(one) === wanted).map((one) => money(one.threshold));
    if (at.length) parts.push(`${word} at ${at.join(" or ")}`);
  }
  return `${parts.join(", ")} per QALY${PRICES.several ? ", among all options" : ""}`;
}
function answer(product, price) {
  const share = price / product.today, cost = product.free + product.added * share;
  const rows = [[`Incremental cost, ${PRICES.currency}`, whole(cost)]];
  for (const at of product.at) rows.push([`INMB at ${commas(at.threshold, 0)}, ${PRICES.currency}`, whole(at.threshold * product.qalys - cost)]);
  return { head: `At ${money(price)}: ${ratio(cost, product.qalys)}; ${verdict(product, share)}.`, ratio: ratio(cost, product.qalys), rows };
}
function show(form, product, price) {
  const found = answer(product, price), out = form.querySelector("output");
  out.textContent = "";
  const head = document.createElement("p"), list = document.createElement("dl");
  head.className = "verdict"; head.textContent = found.head;
  for (const [words, value] of found.rows)
    for (const [kind, text] of [["dt", words], ["dd", value]]) list.appendChild(document.createElement(kind)).textContent = text;
  out.append(head, list);
  form.querySelector(".share").textContent = `${commas(100 * price / product.today, 1)}%`;
}
for (const form of document.querySelectorAll("form.price")) {
  const product = PRICES.products[Number(form.dataset.product)];
  const [typed, slider] = [form.querySelector("input[type=number]"), form.querySelector("input[type=range]")];
  const to = (price) => { if (Number.isFinite(price) && price >= 0) { slider.value = price / product.today; show(form, product, price); } };
  typed.addEventListener("input", () => to(typed.value === "" ? NaN : Number(typed.value)));
  slider.addEventListener("input", () => { const price = Number(slider.value) * product.today; typed.value = Number(price.toFixed(2)); show(form, product, price); });
  form.querySelector("button").addEventListener("click", () => { typed.value = product.today; to(product.today); });
  form.addEventListener("submit", (event) => event.preventDefault());
  to(product.today);
}
document.getElementById("price-tool").hidden = false;
if (window.matchMedia("(max-width: 70rem)").matches) document.getElementById("contents").open = false;
