// Finds the entries that have every word; those with the words in their name come first.
(() => {
  const box = document.getElementById("search-words"), list = document.getElementById("results");
  const most = 50;
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const entries = SEARCH_INDEX.map(([name, sort, address, text]) =>
    ({ name, sort, address, head: plain(name), all: plain(name + " " + text) }));
  const rank = (entry, words, whole) =>
    entry.head === whole ? 0 : entry.head.startsWith(whole) ? 1 : words.every((word) => entry.head.includes(word)) ? 2 : 3;

  function show() {
    const whole = plain(box.value.trim()), words = whole.split(/\s+/).filter(Boolean);
    const found = words.length === 0 ? [] : entries
      .filter((entry) => words.every((word) => entry.all.includes(word)))
      .map((entry, order) => [rank(entry, words, whole), order, entry])
      .sort((one, two) => one[0] - two[0] || one[1] - two[1]);
    list.replaceChildren(...found.slice(0, most).map(([, , entry]) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = entry.address;
      link.textContent = entry.name;
      item.append(link, " " + entry.sort);
      return item;
    }));
    const more = found.length > most ? `, the first ${most} are shown` : "";
    document.getElementById("found").textContent =
      words.length === 0 ? "" : found.length === 0 ? "Nothing has all of these words." : `${found.length} found${more}.`;
  }

  box.value = new URLSearchParams(location.search).get("q") || "";
  box.addEventListener("input", show);
  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  show();
})();
