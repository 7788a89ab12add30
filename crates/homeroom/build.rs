//! Puts the migrations into the library.

fn main() {
    homeroom_migrate::build::embed_migrations("migrations");
}
