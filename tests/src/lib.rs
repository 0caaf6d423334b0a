//! What the integration tests share.

pub mod busy;
pub mod cases;
pub mod compiler;
pub mod paste;
pub mod translated;
pub mod trials;
