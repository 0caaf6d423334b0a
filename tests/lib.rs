//! What the integration tests share.

pub mod busy;
pub mod cases;
pub mod compiler;
