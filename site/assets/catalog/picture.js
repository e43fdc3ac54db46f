// An image as it is uploaded: small enough, and without what a camera writes into it, such as the place.
import { FileFault, fitted, MAX_SIZES, sizeInWords } from "./file-rules.js";

// The first that a browser can write, and that is small enough. Safari writes no WebP.
const ATTEMPTS = [
  ["image/webp", 0.85],
  ["image/webp", 0.6],
  ["image/jpeg", 0.85],
  ["image/jpeg", 0.6],
  ["image/jpeg", 0.3],
];

/** Resolve to a file made smaller, as a Blob of type WebP or JPEG. Raises a FileFault. */
export async function smallPicture(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new FileFault("must be an image that this browser can show, such as JPEG, PNG or WebP");
  });
  for (const [type, quality] of ATTEMPTS) {
    const blob = await written(bitmap, type, quality);
    if (blob?.type === type && blob.size <= MAX_SIZES.image) return blob;
  }
  throw new FileFault(`has more than ${sizeInWords(MAX_SIZES.image)} even when it is made smaller`);
}

function written(bitmap, type, quality) {
  const canvas = Object.assign(document.createElement("canvas"), fitted(bitmap.width, bitmap.height));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  if (type === "image/jpeg") {
    context.fillStyle = "white"; // JPEG has no transparency
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}
