//! What the derives' output names.
