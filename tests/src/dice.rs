//! Numbers by chance for tests that must do the same each time.

/// A generator of numbers that is the same each time (Marsaglia's xorshift); it begins with any number but 0.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
