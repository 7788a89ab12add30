//! Values beside those of diesel_ltree, sqlx and a plain String: 100,000 paths each time.

use std::hint::black_box;
use std::str::FromStr;

use diesel::deserialize::FromSql;
use diesel::pg::{Pg, PgMetadataLookup, PgTypeMetadata, PgValue};
use diesel::query_builder::BindCollector;
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use divan::Bencher;
use homeroom_ltree::Ltree;
use homeroom_ltree_bench::{PATHS, paths};
use sqlx::Encode;
use sqlx::postgres::types::PgLTree;
use sqlx::postgres::{PgArgumentBuffer, Postgres};
use tokio_postgres::types as postgres_types;

fn main() {
    let texts = paths();
    let mean = texts.iter().map(String::len).sum::<usize>() / texts.len();
    let short = texts.iter().filter(|text| text.len() <= 88).count() * 100 / texts.len();
    println!("{PATHS} paths, {mean} bytes in the mean, {short} % in place");
    divan::main();
}

mod parse {
    use super::*;

    fn parse<T>(bencher: Bencher<'_, '_>, parse: impl Fn(&str) -> T) {
        let texts = paths();
        bencher.bench_local(|| {
            for text in &texts {
                black_box(parse(black_box(text)));
            }
        });
    }

    #[divan::bench]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        parse(bencher, |text| text.parse::<Ltree>().unwrap());
    }

    #[divan::bench]
    fn diesel_ltree(bencher: Bencher<'_, '_>) {
        parse(bencher, |text| diesel_ltree::Ltree(text.to_owned()));
    }

    #[divan::bench]
    fn sqlx(bencher: Bencher<'_, '_>) {
        parse(bencher, |text| PgLTree::from_str(text).unwrap());
    }

    #[divan::bench]
    fn string(bencher: Bencher<'_, '_>) {
        parse(bencher, str::to_owned);
    }
}

/// No type is looked up here.
struct Lookup;

impl PgMetadataLookup for Lookup {
    fn lookup_type(&mut self, _: &str, _: Option<&str>) -> PgTypeMetadata {
        PgTypeMetadata::new(0, 0)
    }
}

/// As Diesel does it: each value in a buffer of its own.
mod encode_for_diesel {
    use super::*;

    fn encode<T, ST>(bencher: Bencher<'_, '_>, make: impl Fn(&str) -> T)
    where
        T: ToSql<ST, Pg>,
        Pg: HasSqlType<ST>,
    {
        let values: Vec<T> = paths().iter().map(|text| make(text)).collect();
        bencher.bench_local(|| {
            for value in &values {
                let mut collector = RawBytesBindCollector::<Pg>::new();
                collector.push_bound_value::<ST, T>(value, &mut Lookup).unwrap();
                black_box(collector.binds);
            }
        });
    }

    #[divan::bench]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        encode::<_, homeroom_ltree::diesel::sql_types::Ltree>(bencher, |text| {
            text.parse::<Ltree>().unwrap()
        });
    }

    #[divan::bench]
    fn diesel_ltree(bencher: Bencher<'_, '_>) {
        encode::<_, diesel_ltree::sql_types::Ltree>(bencher, |text| {
            diesel_ltree::Ltree(text.to_owned())
        });
    }

    #[divan::bench]
    fn string(bencher: Bencher<'_, '_>) {
        encode::<_, Text>(bencher, str::to_owned);
    }
}

/// As tokio-postgres and sqlx do it: one buffer for all.
mod encode_for_one_buffer {
    use super::*;

    fn encode<T: postgres_types::ToSql>(bencher: Bencher<'_, '_>, make: impl Fn(&str) -> T) {
        let values: Vec<T> = paths().iter().map(|text| make(text)).collect();
        let mut buffer = bytes::BytesMut::with_capacity(1_000);
        bencher.bench_local(|| {
            for value in &values {
                buffer.clear();
                let _ = value.to_sql(&postgres_types::Type::TEXT, &mut buffer).unwrap();
                black_box(&*buffer);
            }
        });
    }

    #[divan::bench]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        encode(bencher, |text| text.parse::<Ltree>().unwrap());
    }

    #[divan::bench]
    fn string(bencher: Bencher<'_, '_>) {
        encode(bencher, str::to_owned);
    }

    #[divan::bench]
    fn sqlx(bencher: Bencher<'_, '_>) {
        let values: Vec<PgLTree> = paths().iter().map(|text| text.parse().unwrap()).collect();
        let mut buffer = PgArgumentBuffer::default();
        bencher.bench_local(|| {
            for value in &values {
                buffer.clear();
                let _ = Encode::<Postgres>::encode_by_ref(value, &mut buffer).unwrap();
                black_box(&*buffer);
            }
        });
    }
}

mod decode {
    use super::*;

    fn messages(version: &[u8]) -> Vec<Vec<u8>> {
        paths().iter().map(|text| [version, text.as_bytes()].concat()).collect()
    }

    fn decode<T, ST>(bencher: Bencher<'_, '_>, messages: Vec<Vec<u8>>)
    where
        T: FromSql<ST, Pg>,
    {
        let oid = std::num::NonZeroU32::new(1).unwrap();
        bencher.bench_local(|| {
            for message in &messages {
                black_box(T::from_sql(PgValue::new(black_box(message), &oid)).unwrap());
            }
        });
    }

    #[divan::bench]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        decode::<Ltree, homeroom_ltree::diesel::sql_types::Ltree>(bencher, messages(&[1]));
    }

    #[divan::bench]
    fn diesel_ltree(bencher: Bencher<'_, '_>) {
        decode::<diesel_ltree::Ltree, diesel_ltree::sql_types::Ltree>(bencher, messages(&[1]));
    }

    #[divan::bench]
    fn string(bencher: Bencher<'_, '_>) {
        decode::<String, Text>(bencher, messages(&[]));
    }

    /// What its `Decode` does with a value, which nobody else can make: it checks UTF-8 and parses.
    #[divan::bench]
    fn sqlx(bencher: Bencher<'_, '_>) {
        let messages = messages(&[1]);
        bencher.bench_local(|| {
            for message in &messages {
                let text = std::str::from_utf8(&black_box(message)[1..]).unwrap();
                black_box(PgLTree::from_str(text).unwrap());
            }
        });
    }
}

mod compare {
    use super::*;

    /// Each with its neighbour in the order, which has most in common with it.
    fn compare<T>(
        bencher: Bencher<'_, '_>,
        make: impl Fn(&str) -> T,
        compare: impl Fn(&T, &T) -> bool,
    ) {
        let mut texts = paths();
        texts.sort();
        let values: Vec<T> = texts.iter().map(|text| make(text)).collect();
        bencher.bench_local(|| {
            for pair in values.windows(2) {
                black_box(compare(black_box(&pair[0]), &pair[1]));
            }
        });
    }

    #[divan::bench]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        compare(bencher, |text| text.parse::<Ltree>().unwrap(), |left, right| left < right);
    }

    /// Of bytes, which is not the server's order.
    #[divan::bench]
    fn string(bencher: Bencher<'_, '_>) {
        compare(bencher, str::to_owned, |left, right| left < right);
    }

    /// It has no order but equality.
    #[divan::bench]
    fn diesel_ltree(bencher: Bencher<'_, '_>) {
        compare(bencher, |text| diesel_ltree::Ltree(text.to_owned()), |left, right| left == right);
    }

    /// It has no order but equality.
    #[divan::bench]
    fn sqlx(bencher: Bencher<'_, '_>) {
        compare(bencher, |text| text.parse::<PgLTree>().unwrap(), |left, right| left == right);
    }

    #[divan::bench]
    fn homeroom_ltree_equality(bencher: Bencher<'_, '_>) {
        compare(bencher, |text| text.parse::<Ltree>().unwrap(), |left, right| left == right);
    }
}

mod sort {
    use super::*;

    fn sort<T: Ord + Clone>(bencher: Bencher<'_, '_>, make: impl Fn(&str) -> T) {
        let values: Vec<T> = paths().iter().map(|text| make(text)).collect();
        bencher.with_inputs(|| values.clone()).bench_local_values(|mut values| {
            values.sort_unstable();
            values
        });
    }

    #[divan::bench(sample_count = 10)]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        sort(bencher, |text| text.parse::<Ltree>().unwrap());
    }

    #[divan::bench(sample_count = 10)]
    fn string(bencher: Bencher<'_, '_>) {
        sort(bencher, str::to_owned);
    }
}

mod clone {
    use super::*;

    fn clone<T: Clone>(bencher: Bencher<'_, '_>, make: impl Fn(&str) -> T) {
        let values: Vec<T> = paths().iter().map(|text| make(text)).collect();
        bencher.bench_local(|| {
            for value in &values {
                black_box(value.clone());
            }
        });
    }

    #[divan::bench]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        clone(bencher, |text| text.parse::<Ltree>().unwrap());
    }

    #[divan::bench]
    fn string(bencher: Bencher<'_, '_>) {
        clone(bencher, str::to_owned);
    }

    #[divan::bench]
    fn sqlx(bencher: Bencher<'_, '_>) {
        clone(bencher, |text| text.parse::<PgLTree>().unwrap());
    }
}

/// The path and all above it, as values of their own.
mod ancestors {
    use super::*;

    fn ancestors<T>(bencher: Bencher<'_, '_>, make: impl Fn(&str) -> T, walk: impl Fn(&T)) {
        let values: Vec<T> = paths().iter().map(|text| make(text)).collect();
        bencher.bench_local(|| {
            for value in &values {
                walk(value);
            }
        });
    }

    #[divan::bench]
    fn homeroom_ltree(bencher: Bencher<'_, '_>) {
        ancestors(
            bencher,
            |text| text.parse::<Ltree>().unwrap(),
            |path| {
                path.ancestors().for_each(|ancestor| {
                    black_box(ancestor);
                });
            },
        );
    }

    #[divan::bench]
    fn string(bencher: Bencher<'_, '_>) {
        ancestors(bencher, str::to_owned, |path| {
            let mut rest = Some(path.as_str());
            while let Some(text) = rest {
                black_box(text.to_owned());
                rest = text.rsplit_once('.').map(|(parent, _)| parent);
            }
        });
    }

    #[divan::bench]
    fn diesel_ltree(bencher: Bencher<'_, '_>) {
        ancestors(
            bencher,
            |text| diesel_ltree::Ltree(text.to_owned()),
            |path| {
                let mut rest = Some(path.0.as_str());
                while let Some(text) = rest {
                    black_box(diesel_ltree::Ltree(text.to_owned()));
                    rest = text.rsplit_once('.').map(|(parent, _)| parent);
                }
            },
        );
    }

    #[divan::bench]
    fn sqlx(bencher: Bencher<'_, '_>) {
        ancestors(
            bencher,
            |text| text.parse::<PgLTree>().unwrap(),
            |path| {
                let mut path = path.clone();
                while !path.is_empty() {
                    black_box(path.clone());
                    path.pop();
                }
            },
        );
    }
}
