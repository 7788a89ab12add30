use super::*;
use crate::sql::split;
use proptest::prelude::*;

fn mode(sql: &str) -> Mode {
    lay_out(sql, &split(sql).unwrap(), Wanted::WherePossible).mode
}

fn kinds(sql: &str) -> Vec<UnitKind> {
    lay_out(sql, &split(sql).unwrap(), Wanted::WherePossible)
        .units
        .into_iter()
        .map(|unit| unit.kind)
        .collect()
}

#[test]
fn what_postgresql_refuses_in_a_transaction_is_run_outside() {
    for sql in [
        "create index concurrently on t (a)",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
        "drop index concurrently if exists i",
        "reindex (concurrently) index i",
        "reindex table concurrently t",
        "reindex schema public",
        "vacuum full t",
        "alter system set work_mem = '1MB'",
        "create database d",
        "drop database d",
        "cluster",
        "alter table only a.b detach partition c.d concurrently",
        "do $x$ begin perform 1; commit; end $x$",
        "select 1; vacuum",
    ] {
        assert_eq!(mode(sql), Mode::Statements, "{sql}");
    }
}

#[test]
fn what_merely_looks_like_it_stays_in_the_transaction() {
    for sql in [
        "create index on t (concurrently_made)",
        "create table vacuum_log (a int)",
        "select 'create index concurrently'",
        "-- create index concurrently i on t (a)\nselect 1",
        "do $$ begin /* commit; */ perform 'commit;'; end $$",
        "cluster t using i",
        "alter type mood add value 'b'; select 'c'",
        "create type mood as enum ('a'); alter type mood add value 'b'; select 'b'::mood",
        "refresh materialized view concurrently v",
        "",
    ] {
        assert_eq!(mode(sql), Mode::Transaction, "{sql}");
    }
}

#[test]
fn an_enum_value_that_is_added_and_used_needs_a_commit_between() {
    for sql in [
        "alter type mood add value 'b'; update t set m = 'b'",
        "ALTER TYPE app.mood ADD VALUE IF NOT EXISTS 'b' BEFORE 'a'; select 'b'::app.mood",
    ] {
        assert_eq!(mode(sql), Mode::Statements, "{sql}");
    }
}

#[test]
fn a_tool_that_says_how_a_script_runs_is_believed() {
    let mode = |sql: &str, wanted| lay_out(sql, &split(sql).unwrap(), wanted).mode;
    assert_eq!(mode("vacuum", Wanted::Transaction), Mode::Transaction);
    assert_eq!(mode("select 1", Wanted::NoTransaction), Mode::Statements);
}

#[test]
fn a_file_that_is_one_transaction_is_run_in_ours() {
    let sql = "begin; select 1; select 2; commit;";
    let layout = lay_out(sql, &split(sql).unwrap(), Wanted::WherePossible);
    assert_eq!((layout.mode, layout.body), (Mode::Transaction, 1..3));
}

#[test]
fn transactions_of_the_file_itself_are_pieces() {
    use UnitKind::{Bare, Block, Wrapped};
    let closed = Block { closed: true };
    assert_eq!(kinds("begin; select 1; commit; vacuum; select 2"), [closed, Bare, Wrapped]);
    assert_eq!(kinds("begin; select 1; end; begin; select 2; rollback"), [closed, closed]);
    assert_eq!(kinds("begin isolation level serializable; select 1; commit"), [closed]);
    assert_eq!(kinds("commit; select 1; begin"), [Bare, Wrapped, Block { closed: false }]);
}

#[test]
fn a_transaction_command_without_its_other_half_is_misplaced() {
    for sql in ["commit", "begin; select 1", "begin; begin; commit", "begin; commit and chain; end"]
    {
        let layout = lay_out(sql, &split(sql).unwrap(), Wanted::WherePossible);
        assert_eq!(layout.misplaced.len(), 1, "{sql}");
    }
    let sql = "savepoint a; rollback to a; begin; commit; commit prepared 'x'";
    assert_eq!(lay_out(sql, &split(sql).unwrap(), Wanted::WherePossible).misplaced, []);
}

proptest! {
    #[test]
    fn the_pieces_of_any_script_are_its_statements_in_their_order(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "begin", "commit", "rollback", "select 1", "vacuum", "start transaction", "end",
                "rollback to a", "prepare transaction 'x'",
            ]),
            0..12,
        ),
        wanted in prop::sample::select(vec![Wanted::WherePossible, Wanted::Transaction, Wanted::NoTransaction]),
    ) {
        let sql = parts.join(";");
        let statements = split(&sql).unwrap();
        let layout = lay_out(&sql, &statements, wanted);
        let covered: Vec<usize> =
            layout.units.iter().flat_map(|unit| unit.statements.clone()).collect();
        prop_assert_eq!(covered, (0..statements.len()).collect::<Vec<_>>());
    }
}
