// Texts made at random: what no person writes, and a tokenizer must count all the same.

// Where each class of the pattern and each length in UTF-8 has characters.
const RANGES = [
  [0x20, 0x7e], [0x41, 0x5a], [0x61, 0x7a], [0x30, 0x39], [0x09, 0x0d], [0xa0, 0xff], [0x100, 0x24f], [0x2b0, 0x36f], [0x370, 0x3ff], [0x400, 0x52f],
  [0x590, 0x5ff], [0x600, 0x6ff], [0x900, 0x97f], [0xe00, 0xe7f], [0x10a0, 0x10ff], [0x1c80, 0x1cbf], [0x1e00, 0x1fff], [0x2000, 0x206f], [0x2150, 0x218b], [0x2460, 0x24ff],
  [0x2600, 0x27bf], [0x3000, 0x30ff], [0x4e00, 0x4fff], [0xac00, 0xadff], [0xa640, 0xa69f], [0xa7c0, 0xa7ff], [0xff00, 0xffef], [0x10400, 0x1044f], [0x16a70, 0x16ac9], [0x1d400, 0x1d7ff],
  [0x1f300, 0x1f64f], [0x20000, 0x200ff],
];
const SPICE = ["'s", "'LL", " ", "  ", "\n", "\r\n", " \n ", "/", "'", "\u0301", "1", "12345", "the", " The", "ing", "中文", "...", "\t", "\u017f"];

const scalar = (point) => (point >= 0xd800 && point < 0xe000 ? 0xfffd : point);

// Any code points at all, a third of them below U+3000.
export function points({ below }, length) {
  const point = () => scalar(below(3) ? below(0x110000) : below(0x3000));
  return String.fromCodePoint(...Array.from({ length }, point));
}

// Runs from a few ranges, with what the pattern treats specially between them.
export function wild({ below, pick }, length = 3 + below(14)) {
  const some = Array.from({ length: 3 }, () => pick(RANGES));
  let text = "";
  for (let part = 0; part < length; part++) {
    const [first, last] = pick(some);
    for (let count = below(6); count > 0; count--) text += String.fromCodePoint(scalar(first + below(last - first + 1)));
    if (below(2)) text += pick(SPICE);
  }
  return text;
}
