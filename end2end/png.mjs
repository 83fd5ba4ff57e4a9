// Small PNG files: a picture of a page has few colours, and as many as a palette holds are enough for it.
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** A screenshot (8 bits a channel, RGB or RGBA, not interlaced) as a picture of at most `most` colours. */
export function withFewColours(png, most = 128) {
  const { width, height, pixels } = decode(png);
  const palette = paletteOf(pixels, most);
  return encode(width, height, nearest(pixels, palette), palette);
}

/** Width, height, and the pixels as 0xRRGGBB. */
function decode(png) {
  let header;
  const data = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") header = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), depth: body[8], colours: body[9], interlaced: body[12] };
    if (type === "IDAT") data.push(body);
    at += 12 + length;
  }
  const { width, height, depth, colours, interlaced } = header;
  const channels = { 2: 3, 6: 4 }[colours];
  if (depth !== 8 || interlaced || !channels) throw new Error("not a PNG as browsers make them");
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const lines = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= channels ? lines[at - channels] : 0;
      const up = y > 0 ? lines[at - stride] : 0;
      const corner = x >= channels && y > 0 ? lines[at - stride - channels] : 0;
      lines[at] = raw[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    }
  }
  const pixels = new Uint32Array(width * height);
  for (let index = 0; index < pixels.length; index += 1) {
    const at = index * channels;
    pixels[index] = (lines[at] << 16) | (lines[at + 1] << 8) | lines[at + 2];
  }
  return { width, height, pixels };
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** The most frequent colours first, then medians of what is left: surfaces stay exact, the edges of letters merge. */
function paletteOf(pixels, most) {
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const sorted = [...counts].sort(([one, often], [other, oftener]) => oftener - often || one - other);
  const exact = sorted.slice(0, most >> 1).map(([colour]) => colour);
  let boxes = [sorted.slice(most >> 1)].filter((box) => box.length > 0);
  const channel = (colour, shift) => (colour >> shift) & 255;
  const spread = (box, shift) => {
    const values = box.map(([colour]) => channel(colour, shift));
    return Math.max(...values) - Math.min(...values);
  };
  while (boxes.length > 0 && boxes.length < most - exact.length) {
    const widest = (box) => [16, 8, 0].map((shift) => ({ shift, width: spread(box, shift) })).sort((a, b) => b.width - a.width)[0];
    const measured = boxes.map((box) => ({ box, ...widest(box) })).sort((a, b) => b.width * Math.sqrt(b.box.length) - a.width * Math.sqrt(a.box.length));
    const { box, shift, width } = measured[0];
    if (width === 0) break;
    box.sort(([one], [other]) => channel(one, shift) - channel(other, shift));
    boxes = [...boxes.filter((other) => other !== box), box.slice(0, box.length >> 1), box.slice(box.length >> 1)];
  }
  const mean = (box) => {
    const sum = box.reduce((sum, [, count]) => sum + count, 0);
    return [16, 8, 0].reduce((colour, shift) => colour | (Math.round(box.reduce((all, [one, count]) => all + channel(one, shift) * count, 0) / sum) << shift), 0);
  };
  return [...exact, ...boxes.map(mean)];
}

/** The place of the nearest colour, for each pixel. */
function nearest(pixels, palette) {
  const found = new Map(palette.map((colour, index) => [colour, index]));
  return Uint8Array.from(pixels, (pixel) => {
    let place = found.get(pixel);
    if (place === undefined) {
      let least = Infinity;
      palette.forEach((colour, index) => {
        const [r, g, b] = [16, 8, 0].map((shift) => ((pixel >> shift) & 255) - ((colour >> shift) & 255));
        const distance = 3 * r * r + 6 * g * g + b * b;
        if (distance < least) [least, place] = [distance, index];
      });
      found.set(pixel, place);
    }
    return place;
  });
}

function encode(width, height, places, palette) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) lines.set(places.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("PLTE", colours), chunk("IDAT", deflateSync(lines, { level: 9, memLevel: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, "latin1"), body]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 255];
  return (value ^ 0xffffffff) >>> 0;
}
