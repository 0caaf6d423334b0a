//! Searches a built container image for the very values of its build secrets.
