//! `sh!` and `sh_file!`, and what their expansion uses.
//!
//! The macros are wrappers: they hand `$crate` to the procedural ones, so that a renamed dependency and a re-export work.

use std::fmt;

use crate::value::{AnyValue, Value};

/// A shell script, checked when it is compiled.
#[macro_export]
macro_rules! sh {
    ($($tokens:tt)*) => {
        $crate::__private::sh! { [$crate] $($tokens)* }
    };
}

/// [`sh!`](crate::sh) for a script in a file of its own.
#[macro_export]
macro_rules! sh_file {
    ($($tokens:tt)*) => {
        $crate::__private::sh_file! { [$crate] $($tokens)* }
    };
}

/// A value in the expansion of a script. For a type that is no [`Value`], it still has a method `any`: so there is one error
/// about that type, the one that says where it stands.
#[derive(Debug)]
pub struct Slot<'a, T>(pub &'a T);

/// [`Slot::any`] for values.
pub trait ValueSlot<'a> {
    /// The value behind a pointer.
    fn any(&self) -> &'a dyn AnyValue;
}

impl<'a, T: AnyValue> ValueSlot<'a> for Slot<'a, T> {
    fn any(&self) -> &'a dyn AnyValue {
        self.0
    }
}

/// [`Slot::any`] for what does not compile anyway.
pub trait AnySlot<'a> {
    /// Some value.
    fn any(&self) -> &'a dyn AnyValue;
}

impl<'a, T> AnySlot<'a> for &Slot<'a, T> {
    fn any(&self) -> &'a dyn AnyValue {
        &""
    }
}

/// A value in a hole where every label is safe.
#[derive(Debug)]
pub struct Checked<'a, T: ?Sized>(pub &'a T);

impl<T: Value + ?Sized> fmt::Display for Checked<'_, T> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
