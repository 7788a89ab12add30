//! Signing in, signed-in requests, rotation and passwords.
