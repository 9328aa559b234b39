// From a camera file to what is kept: turned upright, shrunk, hashed; bytes as ArrayBuffer,
// because WebKit refuses files in IndexedDB in private windows.
window.audit = window.audit || {};
audit.photos = (() => {
  "use strict";
  const LONGEST_SIDE = 1600;
  const QUALITY = 0.8;
  const BYTES_MAX = 15 * 1024 * 1024;

  const shrunk = async (file) => {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
      canvas.width = canvas.height = 0; // iOS frees the memory only so
      if (blob && blob.size < file.size) return blob;
    } catch { /* what this browser cannot read (HEIC) goes as it is; the server can */ }
    return file;
  };

  const sha256 = async (data) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
  };

  const prepare = async (file) => {
    if (file.type && !file.type.startsWith("image/")) throw new Error("not_an_image");
    const small = await shrunk(file);
    const data = await small.arrayBuffer();
    if (!data.byteLength) throw new Error("not_an_image");
    if (data.byteLength > BYTES_MAX) throw new Error("too_large");
    return { data, sha: await sha256(data), size: data.byteLength, type: small.type, name: file.name, taken: audit.Store.isoNow(new Date(file.lastModified)) };
  };

  return { prepare, sha256 };
})();
