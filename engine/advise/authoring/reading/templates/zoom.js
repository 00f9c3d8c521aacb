// Makes the picture of a graph smaller and larger. Without this it has its full size, and scrolls.
(() => {
  const box = document.querySelector(".picture"), picture = box.querySelector("svg");
  const full = picture.getBoundingClientRect().width;
  document.querySelector(".zoom").hidden = false;
  document.querySelector(".zoom").addEventListener("click", (event) => {
    const by = event.target.dataset.zoom;
    if (!by) return;
    const now = picture.getBoundingClientRect().width;
    const width = by === "fit" ? box.clientWidth - 2 : by === "full" ? full : Math.min(Math.max(now * by, 200), 4 * full);
    picture.style.width = `${width}px`;
    picture.style.height = "auto";
  });
})();
