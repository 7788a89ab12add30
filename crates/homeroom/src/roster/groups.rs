//! The organisations of a package as a tree of groups: where each stands, and how it is written level by level.

use std::collections::HashMap;

use diesel::sql_query;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::RunQueryDsl;
use homeroom_ltree::UniqueSlugs;

use crate::codes::GroupType;
use crate::connection::Connection;
use crate::ids::GroupId;
use crate::roster::columns::File;
use crate::roster::faults::Faults;
use crate::roster::report::EntityCounts;
use crate::roster::rows::Org;

/// A group that the package wants.
#[derive(Debug)]
struct Wanted<'a> {
    org: &'a Org,
    kind: GroupType,
    /// The place of the parent in the level above.
    parent: Option<&'a str>,
}

/// Checks that the organisations make a tree in which each type has its place, and hands out the levels from the root down.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    levels: Vec<Vec<Wanted<'a>>>,
    gone: Vec<&'a str>,
}

impl<'a> Tree<'a> {
    pub(super) fn of(orgs: &'a [Org], faults: &mut Faults) -> Self {
        let by_id: HashMap<&str, &Org> =
            orgs.iter().rev().map(|org| (org.external_id.as_str(), org)).collect();
        let mut depths = HashMap::new();
        let mut levels: Vec<Vec<Wanted<'a>>> = Vec::new();
        for org in orgs.iter().filter(|org| !org.gone) {
            let parent = (!org.parent.is_empty()).then_some(org.parent.as_str());
            let parent_org = parent.and_then(|parent| by_id.get(parent).copied());
            match (parent, parent_org) {
                (Some(parent), None) => {
                    faults.add(
                        File::Orgs,
                        org.line,
                        format!("parentSourcedId {parent:?} is not in orgs.csv"),
                    );
                    continue;
                }
                (_, Some(above)) if above.gone => {
                    let what = format!(
                        "its parent {:?} is to be deleted by line {}",
                        above.name, above.line
                    );
                    faults.add(File::Orgs, org.line, what);
                    continue;
                }
                _ => {}
            }
            let Some(depth) = depth(org, &by_id, &mut depths) else {
                faults.add(File::Orgs, org.line, format!("{:?} stands below itself", org.name));
                continue;
            };
            let Some(kind) = group_type(org) else { continue };
            if let Some(what) = misplaced(org, parent_org) {
                faults.add(File::Orgs, org.line, what);
                continue;
            }
            while levels.len() <= depth {
                levels.push(Vec::new());
            }
            if let Some(level) = levels.get_mut(depth) {
                level.push(Wanted { org, kind, parent });
            }
        }
        let gone = orgs.iter().filter(|org| org.gone).map(|org| org.external_id.as_str()).collect();
        Self { levels, gone }
    }

    /// The ids of the topmost organisations, which name the roster.
    pub(super) fn topmost(&self) -> Vec<&'a str> {
        let mut ids: Vec<&str> = self
            .levels
            .iter()
            .take(1)
            .flatten()
            .map(|wanted| wanted.org.external_id.as_str())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Brings the groups of the database to what the package says.
    pub(super) async fn write(
        &self,
        conn: &mut Connection,
        source: &str,
    ) -> QueryResult<EntityCounts> {
        let mut counts = EntityCounts::default();
        let mut ids: HashMap<&str, GroupId> = HashMap::new();
        for level in &self.levels {
            write_level(conn, source, level, &mut ids, &mut counts).await?;
        }
        if !self.gone.is_empty() {
            let deleted = sql_query(include_str!("groups_delete.sql"))
                .bind::<Text, _>(source)
                .bind::<Array<Text>, _>(&self.gone)
                .execute(conn)
                .await?;
            counts.deleted = deleted as u64;
        }
        sql_query(include_str!("groups_resolve.sql")).bind::<Text, _>(source).execute(conn).await?;
        Ok(counts)
    }
}

/// How many organisations stand above; `None` in a circle.
fn depth<'a>(
    org: &'a Org,
    by_id: &HashMap<&str, &'a Org>,
    known: &mut HashMap<&'a str, usize>,
) -> Option<usize> {
    let mut way = Vec::new();
    let mut place = Some(org);
    let mut depth = 0;
    while let Some(org) = place {
        if let Some(known) = known.get(org.external_id.as_str()) {
            depth = known + 1;
            break;
        }
        if way.len() > by_id.len() {
            return None;
        }
        way.push(org);
        place = by_id.get(org.parent.as_str()).copied().filter(|_| !org.parent.is_empty());
    }
    for org in way.iter().rev() {
        known.insert(&org.external_id, depth);
        depth += 1;
    }
    known.get(org.external_id.as_str()).copied()
}

fn group_type(org: &Org) -> Option<GroupType> {
    match org.kind? {
        "school" => Some(GroupType::School),
        "department" => Some(GroupType::Department),
        _ => Some(GroupType::District),
    }
}

/// Says why an organisation can't stand where it stands.
fn misplaced(org: &Org, parent: Option<&Org>) -> Option<String> {
    let kind = org.kind?;
    let parent_kind = match parent {
        Some(parent) => Some(parent.kind?),
        None => None,
    };
    let (fits, place) = match kind {
        "school" => {
            (parent.is_some_and(|parent| parent.rank_above_school().is_some()), "under a district")
        }
        "department" => {
            (matches!(parent_kind, Some("school" | "department")), "under a school or a department")
        }
        _ => (
            parent.is_none_or(|parent| {
                parent
                    .rank_above_school()
                    .is_some_and(|above| Some(above) <= org.rank_above_school())
            }),
            "at the root or under a district, or what stands above districts",
        ),
    };
    let found = match (parent, parent_kind) {
        (Some(parent), Some(kind)) => format!("under the {kind} {:?}", parent.name),
        _ => "at the root".to_owned(),
    };
    (!fits).then(|| format!("the {kind} {:?} stands {found}: a {kind} stands {place}", org.name))
}

#[derive(Debug, QueryableByName)]
struct Known {
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = SqlUuid)]
    id: GroupId,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent_id: Option<GroupId>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Text)]
    kind: GroupType,
    #[diesel(sql_type = Bool)]
    deleted: bool,
}

#[derive(Debug, QueryableByName)]
struct Sibling {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent_id: Option<GroupId>,
    #[diesel(sql_type = Text)]
    slug: String,
}

/// Groups to be written, a vector a column.
#[derive(Debug, Default)]
struct Rows<'a> {
    external_ids: Vec<&'a str>,
    ids: Vec<GroupId>,
    parents: Vec<Option<GroupId>>,
    names: Vec<&'a str>,
    slugs: Vec<String>,
    kinds: Vec<GroupType>,
}

async fn write_level<'a>(
    conn: &mut Connection,
    source: &str,
    level: &[Wanted<'a>],
    ids: &mut HashMap<&'a str, GroupId>,
    counts: &mut EntityCounts,
) -> QueryResult<()> {
    let external_ids: Vec<&str> =
        level.iter().map(|wanted| wanted.org.external_id.as_str()).collect();
    let known: Vec<Known> = sql_query(include_str!("groups_known.sql"))
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(&external_ids)
        .load(conn)
        .await?;
    let known: HashMap<&str, &Known> =
        known.iter().map(|known| (known.external_id.as_str(), known)).collect();

    let (mut new, mut placed, mut renamed) = (Vec::new(), Vec::new(), Rows::default());
    for wanted in level {
        let parent = wanted.parent.and_then(|parent| ids.get(parent).copied());
        let id = wanted.org.external_id.as_str();
        let Some(known) = known.get(id) else {
            new.push((wanted, parent));
            continue;
        };
        ids.insert(id, known.id);
        let moved = known.deleted || known.parent_id != parent || known.kind != wanted.kind;
        let named = known.name == wanted.org.name;
        if moved {
            placed.push((wanted, parent, *known));
        }
        if !named {
            renamed.ids.push(known.id);
            renamed.names.push(&wanted.org.name);
        }
        counts.restored += u64::from(known.deleted);
        match moved || !named {
            true => counts.changed += 1,
            false => counts.unchanged += 1,
        }
    }

    if !renamed.ids.is_empty() {
        sql_query(include_str!("groups_rename.sql"))
            .bind::<Array<SqlUuid>, _>(renamed.ids)
            .bind::<Array<Text>, _>(renamed.names)
            .execute(conn)
            .await?;
    }
    if new.is_empty() && placed.is_empty() {
        return Ok(());
    }

    let parents =
        new.iter().map(|(_, parent)| *parent).chain(placed.iter().map(|(_, parent, _)| *parent));
    let mut slugs = siblings(conn, parents.collect()).await?;
    let mut rows = Rows::default();
    for (wanted, parent, known) in placed {
        let siblings = slugs.entry(parent).or_default();
        let stays = known.parent_id == parent && !known.deleted;
        let slug = if stays || siblings.take(&known.slug) {
            known.slug.clone()
        } else {
            siblings.claim(&wanted.org.name)
        };
        rows.push(wanted, known.id, parent, slug);
    }
    if !rows.ids.is_empty() {
        sql_query(include_str!("groups_place.sql"))
            .bind::<Array<SqlUuid>, _>(rows.ids)
            .bind::<Array<Nullable<SqlUuid>>, _>(rows.parents)
            .bind::<Array<Text>, _>(rows.slugs)
            .bind::<Array<Text>, _>(rows.kinds)
            .execute(conn)
            .await?;
    }

    let mut rows = Rows::default();
    for (wanted, parent) in new {
        let id = GroupId::generate();
        ids.insert(&wanted.org.external_id, id);
        let slug = slugs.entry(parent).or_default().claim(&wanted.org.name);
        rows.push(wanted, id, parent, slug);
    }
    if !rows.ids.is_empty() {
        counts.created += rows.ids.len() as u64;
        sql_query(include_str!("groups_create.sql"))
            .bind::<Text, _>(source)
            .bind::<Array<Text>, _>(rows.external_ids)
            .bind::<Array<SqlUuid>, _>(rows.ids)
            .bind::<Array<Nullable<SqlUuid>>, _>(rows.parents)
            .bind::<Array<Text>, _>(rows.names)
            .bind::<Array<Text>, _>(rows.slugs)
            .bind::<Array<Text>, _>(rows.kinds)
            .execute(conn)
            .await?;
    }
    Ok(())
}

impl<'a> Rows<'a> {
    fn push(&mut self, wanted: &Wanted<'a>, id: GroupId, parent: Option<GroupId>, slug: String) {
        self.external_ids.push(&wanted.org.external_id);
        self.ids.push(id);
        self.parents.push(parent);
        self.names.push(&wanted.org.name);
        self.slugs.push(slug);
        self.kinds.push(wanted.kind);
    }
}

/// The slugs that are taken under each of the parents (`None`: at the root).
async fn siblings(
    conn: &mut Connection,
    mut parents: Vec<Option<GroupId>>,
) -> QueryResult<HashMap<Option<GroupId>, UniqueSlugs>> {
    parents.sort_unstable();
    parents.dedup();
    let taken: Vec<Sibling> = sql_query(include_str!("groups_siblings.sql"))
        .bind::<Bool, _>(parents.contains(&None))
        .bind::<Array<SqlUuid>, _>(parents.into_iter().flatten().collect::<Vec<_>>())
        .load(conn)
        .await?;
    let mut slugs: HashMap<Option<GroupId>, UniqueSlugs> = HashMap::new();
    for sibling in taken {
        slugs.entry(sibling.parent_id).or_default().take(&sibling.slug);
    }
    Ok(slugs)
}
