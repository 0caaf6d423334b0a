//! Values that several states have together until one of them changes its own.

use std::rc::Rc;

/// What [`Rc::make_mut`] does for what nobody refers to weakly. That one costs five times as much to compile, for each type.
pub(crate) fn own<T: Clone>(shared: &mut Rc<T>) -> &mut T {
    if Rc::get_mut(shared).is_none() {
        *shared = Rc::new(T::clone(shared));
    }
    Rc::get_mut(shared).expect("nobody else has the new one")
}
