//! A JSON document in pieces of any size, cut into the elements of its list of calls and what stands around them.

use super::fault::Place;

/// What a byte is to the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Of what stands around the calls.
    Around,
    /// Begins the list of calls; it stands around them too.
    StartOfCalls,
    /// Of a call.
    Call,
    /// Ends a call, or a place where one should be: a comma, or the end of the list.
    EndOfCall {
        /// Whether the list ends too.
        is_last: bool,
    },
}

/// Follows a document byte by byte, just so far as is needed to find its calls.
#[derive(Debug)]
pub(super) struct Cutter {
    depth: usize,
    in_text: bool,
    escaped: bool,
    in_calls: bool,
    // The last text at the top level, which is the name of a member where a colon follows; bounded.
    name: Vec<u8>,
    at: Place,
}

/// The member that holds the calls.
const CALLS: &[u8] = b"calls";

impl Default for Cutter {
    fn default() -> Self {
        let at = Place { line: 1, column: 1 };
        Self { depth: 0, in_text: false, escaped: false, in_calls: false, name: Vec::new(), at }
    }
}

impl Cutter {
    /// Where the next byte stands.
    pub const fn at(&self) -> Place {
        self.at
    }

    /// Takes in the next byte.
    pub fn next(&mut self, byte: u8) -> Part {
        self.at = after(self.at, byte);
        if self.in_text {
            self.text(byte);
        } else {
            match byte {
                b'"' => {
                    self.in_text = true;
                    if self.depth == 1 {
                        self.name.clear();
                    }
                }
                b'{' | b'[' => return self.opens(byte),
                b'}' | b']' => return self.closes(),
                b',' if self.in_calls && self.depth == 2 => return Part::EndOfCall { is_last: false },
                _ => {}
            }
        }
        if self.in_calls { Part::Call } else { Part::Around }
    }

    fn text(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.in_text = false,
            _ => {}
        }
        if self.in_text && self.depth == 1 && self.name.len() <= CALLS.len() {
            self.name.push(byte);
        }
    }

    fn opens(&mut self, byte: u8) -> Part {
        self.depth += 1;
        if self.depth == 2 && byte == b'[' && self.name == CALLS {
            self.in_calls = true;
            return Part::StartOfCalls;
        }
        if self.in_calls { Part::Call } else { Part::Around }
    }

    fn closes(&mut self) -> Part {
        let ends_list = self.in_calls && self.depth == 2;
        self.depth = self.depth.saturating_sub(1);
        if ends_list {
            self.in_calls = false;
            return Part::EndOfCall { is_last: true };
        }
        if self.in_calls { Part::Call } else { Part::Around }
    }
}

/// The place after `byte`, which stands at `at`.
pub(super) const fn after(at: Place, byte: u8) -> Place {
    if byte == b'\n' { Place { line: at.line + 1, column: 1 } } else { Place { line: at.line, column: at.column + 1 } }
}
