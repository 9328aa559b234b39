// <photo-input>: photos are made smaller before they are sent, shown, and can be taken out.
// Without this script the file input inside works as it is. Fires "photos" when the list changes.
(() => {
  "use strict";
  const LONGEST_SIDE = 1600;
  const SMALL_ENOUGH = 600_000; // bytes

  const shrink = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < SMALL_ENOUGH) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.82); });
    const name = file.name.replace(/\.\w+$/, ".jpg");
    return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
  };

  customElements.define("photo-input", class extends HTMLElement {
    connectedCallback() {
      if (this.files) return;
      this.files = [];
      this.input = this.querySelector("input[type=file]");
      this.list = this.querySelector(".thumbs");
      this.pattern = this.querySelector("template").content.firstElementChild;
      this.limit = Number(this.getAttribute("limit"));
      this.input.addEventListener("change", () => this.add([...this.input.files]));
      this.list.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) this.remove([...this.list.children].indexOf(button.closest("li")));
      });
    }

    async add(chosen) {
      const fresh = chosen.filter((file) => !this.files.includes(file));
      // A picture that this browser cannot decode goes as it is; the server reads more kinds.
      const small = await Promise.all(fresh.map((file) => shrink(file).catch(() => file)));
      this.files = [...this.files, ...small].slice(0, this.limit);
      this.show();
    }

    remove(index) {
      this.files.splice(index, 1);
      this.show();
      this.input.focus();
    }

    show() {
      const transfer = new DataTransfer();
      this.files.forEach((file) => transfer.items.add(file));
      this.input.files = transfer.files;
      this.list.replaceChildren(...this.files.map((file) => this.thumb(file)));
      const text = this.getAttribute("chosen-text").replace("{count}", String(this.files.length));
      document.dispatchEvent(new CustomEvent("announce", { detail: text }));
      this.dispatchEvent(new CustomEvent("photos", { bubbles: true, detail: this.files }));
    }

    thumb(file) {
      const item = this.pattern.cloneNode(true);
      const image = item.querySelector("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      image.onload = () => URL.revokeObjectURL(image.src);
      item.querySelector(".thumb-name").textContent = file.name;
      return item;
    }
  });
})();
