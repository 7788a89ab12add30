//! Classes with their people, and people with their classes: reads across `class_members`, `users`, `classes` and `groups`, and
//! enrolments of many at once. What is of one enrolment is in `class_members`; packages of school rosters are read by `roster`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use homeroom_ltree::Ltree;
use homeroom_operations::operations;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::class_members::ClassMember;
use crate::classes::Class;
use crate::codes::ClassRole;
use crate::connection::Connection;
use crate::error::Result;
use crate::ids::{ClassId, GroupId, UserId};
use crate::page::{Page, PageRequest};
use crate::schema::{Ltree as LtreeSql, class_members, classes, groups, users};
use crate::statement::{only_row, statement};
use crate::users::User;

/// A class of a person's schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledClass {
    /// The class.
    pub class_id: ClassId,
    /// Its name.
    pub name: String,
    /// What the person is there.
    pub role: ClassRole,
    /// Whose class it is.
    pub group_id: GroupId,
    /// That group's name.
    pub group_name: String,
    /// Where that group stands.
    pub group_path: Ltree,
    /// The title of the course, where a roster has told.
    pub course: Option<String>,
    /// When the class is held, where a roster has told.
    pub terms: Vec<ScheduledTerm>,
    /// The periods of the day, as the school calls them.
    pub periods: Vec<String>,
}

/// A term of a class, such as a semester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledTerm {
    /// Its name.
    pub title: String,
    /// Its first day.
    pub begin: Option<NaiveDate>,
    /// The day it ends.
    pub end: Option<NaiveDate>,
}

/// What an enrolment of many has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// People who were not in the class before.
    pub added: u64,
    /// People who have another role now.
    pub changed: u64,
    /// People who had the role already.
    pub unchanged: u64,
}

statement! {
    ReadSchedule<'a>, "rosters/schedule.sql",
    binds {
        user_id: UserId => sql_types::Uuid,
        after_name: Option<&'a str> => sql_types::Nullable<sql_types::Text>,
        after_id: Option<ClassId> => sql_types::Nullable<sql_types::Uuid>,
        rows: i64 => sql_types::BigInt,
    },
    returns (
        sql_types::Uuid,
        sql_types::Text,
        sql_types::Text,
        sql_types::Uuid,
        sql_types::Text,
        LtreeSql,
        sql_types::Nullable<sql_types::Text>,
        sql_types::Nullable<sql_types::Jsonb>,
        sql_types::Nullable<sql_types::Jsonb>,
    )
}

statement! {
    EnrolAll, "rosters/enrol_all.sql",
    binds {
        class_id: ClassId => sql_types::Uuid,
        user_ids: Vec<UserId> => sql_types::Array<sql_types::Uuid>,
        roles: Vec<ClassRole> => sql_types::Array<sql_types::Text>,
    },
    returns (sql_types::BigInt, sql_types::BigInt, sql_types::BigInt,)
}

statement! {
    RemoveAll, "rosters/remove_all.sql",
    binds {
        class_id: ClassId => sql_types::Uuid,
        user_ids: Vec<UserId> => sql_types::Array<sql_types::Uuid>,
    },
    returns (sql_types::BigInt,)
}

#[operations]
impl Class {
    /// The live people of a live class as one reads them: teachers first, each by name. One round trip.
    /// [`ClassMember::list`] has them by id.
    ///
    /// Sorts the people of the class.
    ///
    /// `SELECT … FROM class_members JOIN … users … WHERE class_id = $1 AND (role, name, id) behind the cursor's ORDER BY role
    /// DESC, name, id LIMIT $2`; no lock.
    ///
    /// ```no_run
    /// # use homeroom::{Class, ClassId, PageRequest};
    /// # async fn example(db: &homeroom::Database, class_id: ClassId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for (member, user) in Class::roster(&conn, class_id, &PageRequest::first(50)).await?.items {
    ///     println!("{:8} {}", member.role, user.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of range or a cursor of another list.
    pub async fn roster(
        mut conn: &Connection,
        id: ClassId,
        page: &PageRequest,
    ) -> Result<Page<(ClassMember, User)>> {
        let mut query = class_members::table
            .inner_join(classes::table.inner_join(groups::table))
            .inner_join(users::table)
            .filter(class_members::class_id.eq(id))
            .filter(classes::deleted_at.is_null().and(groups::deleted_at.is_null()))
            .filter(users::deleted_at.is_null())
            // "teacher" sorts behind "student".
            .order((class_members::role.desc(), users::name, users::id))
            .limit(page.fetch_limit()?)
            .select((ClassMember::as_select(), User::as_select()))
            .into_boxed();
        if let Some((role, name, id)) = page.key::<(ClassRole, String, UserId)>()? {
            let behind =
                users::name.gt(name.clone()).or(users::name.eq(name).and(users::id.gt(id)));
            query = query
                .filter(class_members::role.lt(role).or(class_members::role.eq(role).and(behind)));
        }
        let rows = query.load(&mut conn).await?;
        Ok(Page::new(rows, page, |(member, user): &(ClassMember, User)| {
            (member.role, user.name.clone(), user.id)
        }))
    }
}

#[operations]
impl ClassMember {
    /// A live person's live classes by name, each with its group and with what a roster has told of its course and terms. One
    /// statement (`rosters/schedule.sql`), one round trip, no lock.
    ///
    /// ```no_run
    /// # use homeroom::{ClassMember, PageRequest, UserId};
    /// # async fn example(db: &homeroom::Database, user_id: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// for class in ClassMember::schedule(&conn, user_id, &PageRequest::default()).await?.items {
    ///     println!("{} at {}: {:?}", class.name, class.group_name, class.periods);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a limit out of range or a cursor of another list.
    pub async fn schedule(
        mut conn: &Connection,
        user_id: UserId,
        page: &PageRequest,
    ) -> Result<Page<ScheduledClass>> {
        type Row = (
            ClassId,
            String,
            ClassRole,
            GroupId,
            String,
            Ltree,
            Option<String>,
            Option<Value>,
            Option<Value>,
        );
        let (after_name, after_id) = page.key::<(String, ClassId)>()?.unzip();
        let after_name = after_name.as_deref();
        let query = ReadSchedule { user_id, after_name, after_id, rows: page.fetch_limit()? };
        let rows: Vec<Row> = diesel_async::RunQueryDsl::load(query, &mut conn).await?;
        let classes = rows
            .into_iter()
            .map(
                |(
                    class_id,
                    name,
                    role,
                    group_id,
                    group_name,
                    group_path,
                    course,
                    terms,
                    periods,
                )| {
                    let (terms, periods) =
                        (read_terms(terms.as_ref()), read_periods(periods.as_ref()));
                    ScheduledClass {
                        class_id,
                        name,
                        role,
                        group_id,
                        group_name,
                        group_path,
                        course,
                        terms,
                        periods,
                    }
                },
            )
            .collect();
        Ok(Page::new(classes, page, |class: &ScheduledClass| (class.name.clone(), class.class_id)))
    }

    /// Enrols many people in a class, or changes their roles there, all of them or none: one statement
    /// (`rosters/enrol_all.sql`), one round trip. Of a person who stands twice the last role counts; nobody is taken out.
    ///
    /// Locks the class and its group FOR SHARE, so that they are not removed meanwhile.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, ClassMember, ClassRole, UserId};
    /// # async fn example(db: &homeroom::Database, class: ClassId, ana: UserId, ben: UserId) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let people = [(ana, ClassRole::Teacher), (ben, ClassRole::Student)];
    /// let enrolled = ClassMember::enrol_all(&conn, class, &people).await?;
    /// println!("{} new, {} with another role", enrolled.added, enrolled.changed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ClassMember::enrol`], for whichever of them is refused.
    pub async fn enrol_all(
        mut conn: &Connection,
        class_id: ClassId,
        people: &[(UserId, ClassRole)],
    ) -> Result<Enrolled> {
        let people: BTreeMap<UserId, ClassRole> = people.iter().copied().collect();
        if people.is_empty() {
            return Ok(Enrolled::default());
        }
        let (user_ids, roles) = people.into_iter().unzip();
        let enrol = EnrolAll { class_id, user_ids, roles };
        let (added, changed, unchanged): (i64, i64, i64) =
            diesel_async::RunQueryDsl::load(enrol, &mut conn).await.and_then(only_row)?;
        // A count is never negative.
        Ok(Enrolled {
            added: added.unsigned_abs(),
            changed: changed.unsigned_abs(),
            unchanged: unchanged.unsigned_abs(),
        })
    }

    /// Takes many people out of a class, for good, and returns how many of them were in it: one statement
    /// (`rosters/remove_all.sql`), one round trip.
    ///
    /// Locks these rows, in the order of the people, until the transaction ends.
    ///
    /// ```no_run
    /// # use homeroom::{ClassId, ClassMember, UserId};
    /// # async fn example(db: &homeroom::Database, class: ClassId, leaving: &[UserId]) -> homeroom::Result<()> {
    /// let conn = db.conn().await?;
    /// let removed = ClassMember::remove_all(&conn, class, leaving).await?;
    /// assert!(removed <= leaving.len() as u64);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// None but those of the connection.
    pub async fn remove_all(
        mut conn: &Connection,
        class_id: ClassId,
        user_ids: &[UserId],
    ) -> Result<u64> {
        let user_ids: BTreeSet<UserId> = user_ids.iter().copied().collect();
        if user_ids.is_empty() {
            return Ok(0);
        }
        let remove = RemoveAll { class_id, user_ids: user_ids.into_iter().collect() };
        let (removed,): (i64,) =
            diesel_async::RunQueryDsl::load(remove, &mut conn).await.and_then(only_row)?;
        Ok(removed.unsigned_abs())
    }
}

/// Settings are anybody's: what is not as a roster has it is left out, and never makes a schedule unreadable.
fn read_terms(terms: Option<&Value>) -> Vec<ScheduledTerm> {
    let date = |term: &Value, key: &str| term.get(key)?.as_str()?.parse().ok();
    let term = |term: &Value| {
        let title = term.get("title")?.as_str()?.to_owned();
        Some(ScheduledTerm { title, begin: date(term, "begin"), end: date(term, "end") })
    };
    terms.and_then(Value::as_array).into_iter().flatten().filter_map(term).collect()
}

fn read_periods(periods: Option<&Value>) -> Vec<String> {
    let periods = periods.and_then(Value::as_array).into_iter().flatten();
    periods.filter_map(Value::as_str).map(str::to_owned).collect()
}
