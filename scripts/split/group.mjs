// Which pieces of the cut program go into one file. wasm-split-cli makes a piece for each set of parts that share
// something: about a hundred, of which one part would need dozens. Putting two together spares each part that needs
// both a request, and costs each part that needs but one the other's bytes.

// What one more request is worth, in bytes of code before wasm-opt (of which a quarter remains on the wire).
const REQUEST = 25_000;

const cost = ({ size, parts }) => (size + REQUEST) * parts.size;
const together = (one, other) => ({
  pieces: [...one.pieces, ...other.pieces],
  parts: new Set([...one.parts, ...other.parts]),
  size: one.size + other.size,
});

/** Groups of pieces, each with the parts that need it. Takes and gives `{ pieces: [names], parts: Set of names, size }`. */
export function grouped(groups) {
  for (;;) {
    let best = { gain: 0 };
    for (const [at, one] of groups.entries()) {
      for (const other of groups.slice(at + 1)) {
        const both = together(one, other);
        const gain = cost(one) + cost(other) - cost(both);
        if (gain > best.gain) best = { gain, one, other, both };
      }
    }
    if (best.gain === 0) return groups;
    groups = [...groups.filter((group) => group !== best.one && group !== best.other), best.both];
  }
}
