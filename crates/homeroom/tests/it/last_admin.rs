//! A live district that has an administrator keeps one.
