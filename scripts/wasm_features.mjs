// What Rust's wasm uses of what browsers have, for wasm-opt and wasm-merge: they refuse what they are not told of.
export const FEATURES = "bulk-memory bulk-memory-opt nontrapping-float-to-int sign-ext mutable-globals reference-types multivalue call-indirect-overlong"
  .split(" ")
  .map((feature) => `--enable-${feature}`);
