//! Stable codes: what machine-readable output says where people read a sentence.
//!
//! Each set of codes is an enum without data, so that a test can list it beside its page, `codes.md`.

/// Defines an enum of codes: for each variant the code in kebab-case and its meaning in one line.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $code:literal $meaning:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $meaning] $variant,)*
        }

        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code in machine-readable output. It does not change between releases.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What the code means, in one line.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}

pub(super) use codes;
