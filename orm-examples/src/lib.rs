//! (place)
