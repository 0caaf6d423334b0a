//! Secret-safe Dockerfiles, built from typed values and checked by the compiler.
