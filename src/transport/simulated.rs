//! The simulator as a transport.
