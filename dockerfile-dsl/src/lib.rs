//! Secret-safe Dockerfiles, built from typed values and checked by the compiler.

mod secret;

mod path;

mod dockerfile;
mod facts;

mod error;

pub use dockerfile::Dockerfile;
pub use error::Error;
pub use facts::{BuildArgument, BuildSecret, Delivery, SecretUse, StageFacts};
pub use path::LayerPath;
pub use secret::{Secret, SecretSource};
