/** PNG pictures of 255 colours at the most: a page has few, and a repository keeps every picture for ever. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_COLOURS = 255;
/** Kept as they are: areas of charts, cells of a heatmap. The others are edges of letters, for the most part. */
const KEPT_COLOURS = 128;

/** A picture of 8 bits a channel, not interlaced, as Chromium makes them, with a palette. */
export function withPalette(png) {
  const { width, height, channels, lines } = read(png);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const byte = at * channels;
    pixels[at] = (lines[byte] << 16) | (lines[byte + 1] << 8) | lines[byte + 2];
  }
  const counts = new Map();
  for (const each of pixels) counts.set(each, (counts.get(each) ?? 0) + 1);
  const colours = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one) || one - other);
  const palette = chosen(colours);
  const place = new Map(colours.map((each) => [each, nearest(palette, each)]));
  const rows = Buffer.alloc((width + 1) * height); // each begins with its filter: none
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = place.get(pixels[y * width + x]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", head),
    chunk("PLTE", Buffer.from(palette.flatMap((each) => [each >> 16, (each >> 8) & 255, each & 255]))),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The commonest, then each that is far enough from those before it; as far as it takes for the palette to be large enough. */
function chosen(colours) {
  for (let apart = 0; ; apart = apart * 1.5 + 3) {
    const palette = colours.slice(0, KEPT_COLOURS);
    for (const each of colours.slice(KEPT_COLOURS)) {
      if (palette.every((other) => distance(each, other) > apart)) palette.push(each);
      if (palette.length > MOST_COLOURS) break;
    }
    if (palette.length <= MOST_COLOURS) return palette;
  }
}

function nearest(palette, colour) {
  let [best, least] = [0, Infinity];
  for (const [at, each] of palette.entries()) {
    const found = distance(each, colour);
    if (found < least) [best, least] = [at, found];
  }
  return best;
}

/** Of squares; green counts most, as in the eye. */
function distance(one, other) {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 255) - ((other >> 8) & 255);
  const blue = (one & 255) - (other & 255);
  return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

function read(png) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const data = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return {
    width,
    height,
    channels,
    lines: unfiltered(inflateSync(Buffer.concat(data)), width * channels, height, channels),
  };
}

/** PNG specification, section 9: each line is the difference to what is left of it and above. */
function unfiltered(raw, length, height, channels) {
  const lines = Buffer.alloc(length * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (length + 1)];
    for (let x = 0; x < length; x += 1) {
      const at = y * length + x;
      const left = x < channels ? 0 : lines[at - channels];
      const up = y === 0 ? 0 : lines[at - length];
      const corner = x < channels || y === 0 ? 0 : lines[at - length - channels];
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      lines[at] = raw[y * (length + 1) + 1 + x] + guess;
    }
  }
  return lines;
}

function paeth(left, up, corner) {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
