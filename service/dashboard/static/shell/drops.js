/** A file that is dropped where no page takes it is refused: a browser would open it in place of the dashboard. */

export function refuseDrops() {
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return; // text may be dragged into a field
    event.preventDefault();
    event.dataTransfer.dropEffect = "none"; // unless the page, which hears of it later, wants it
  });
}
