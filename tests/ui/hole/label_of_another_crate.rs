//! No other crate can claim a label.

use dockerfile_dsl::value::{Value, label};

struct Mine;

impl Value for Mine {
    type Label = label::Public;
}
