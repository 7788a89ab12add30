//! Every public operation, each as a line: what it is run with does not matter, so long as it reaches the server.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use homeroom::ltree::Ltree;
use homeroom::roster::ImportOptions;
use homeroom::{
    ChatSession, ChatSessionChanges, Class, ClassChanges, ClassMember, ClassRole, Connection,
    DeletedBlob, EffectiveRole, EffectiveSettings, ExternalId, ExternalIdTarget, File, FileChanges,
    Group, GroupChanges, GroupMember, GroupOverview, GroupRole, GroupType, Message, NewChatSession,
    NewClass, NewFile, NewGroup, NewMessage, NewSession, NewStorageReservation, NewUser,
    NewUserStorageLimit, PageRequest, Session, SessionContext, SessionPolicy, Statistics,
    StorageBackend, StorageLimits, StorageReservation, Tool, ToolChanges, User, UserChanges,
    UserStorageLimit, WalPosition,
};

use super::world::World;
use crate::new_tool;

/// Runs an operation on what `n` picks of the world, and tells its error.
pub(crate) type Operation =
    for<'a> fn(&'a mut Connection, &'a World, usize) -> BoxFuture<'a, Option<String>>;

macro_rules! operations {
    ($($name:literal = |$conn:ident, $world:ident, $n:ident| $call:expr;)*) => {
        pub(crate) const OPERATIONS: &[(&str, Operation)] = &[$((
            $name,
            |$conn, $world, $n| async move {
                let outcome = async { $call.await }.await;
                outcome.err().map(|error| format!("{error:?}"))
            }.boxed(),
        )),*];
    };
}

const SOURCE: &str = "cancelled";

fn page() -> PageRequest {
    PageRequest::first(20)
}

fn file(world: &World, n: usize) -> NewFile {
    NewFile {
        id: homeroom::FileId::generate(),
        original_name: "essay.txt".to_owned(),
        mime_type: "text/plain".to_owned(),
        size_bytes: 10,
        storage_backend: StorageBackend::Local,
        storage_key: format!("key of {}", homeroom::FileId::generate()),
        uploaded_by: world.person(n),
        group_id: None,
        purpose: "homework".to_owned(),
    }
}

operations! {
    "archived_groups::list_archived" = |conn, w, n| Group::list_archived(conn, &w.path(n), &page());
    "chats::complete" = |conn, w, n| ChatSession::complete(conn, w.spare_chat(n));
    "chats::create" = |conn, w, n| ChatSession::create(conn, &NewChatSession::new(w.person(n), w.tool(n)));
    "chats::delete" = |conn, w, n| ChatSession::delete(conn, w.spare_chat(n));
    "chats::find" = |conn, w, n| ChatSession::find(conn, w.chat(n));
    "chats::find_with_deleted" = |conn, w, n| ChatSession::find_with_deleted(conn, w.chat(n));
    "chats::get" = |conn, w, n| ChatSession::get(conn, w.chat(n));
    "chats::list" = |conn, w, n| ChatSession::list(conn, w.person(n), &page());
    "chats::rename" = |conn, w, n| ChatSession::rename(conn, w.chat(n), Some("Fractions"));
    "chats::restore" = |conn, w, n| ChatSession::restore(conn, w.spare_chat(n));
    "chats::soft_delete" = |conn, w, n| ChatSession::soft_delete(conn, w.spare_chat(n));
    "chats::update" = |conn, w, n| ChatSession::update(conn, w.chat(n), &ChatSessionChanges { title: Some(None) });
    "chats/forks::fork" = |conn, w, n| ChatSession::fork(conn, w.chat(n), 1, w.person(n));
    "chats/forks::fork_tree" = |conn, w, n| ChatSession::fork_tree(conn, w.chat(n));
    "chats/forks::forks" = |conn, w, n| ChatSession::forks(conn, w.chat(n), &page());
    "chats/forks::lineage" = |conn, w, n| ChatSession::lineage(conn, w.chat(n));
    "chats/forks::orphaned_forks" = |conn, w, n| ChatSession::orphaned_forks(conn, w.person(n), &page());
    "chats/recent::recent" = |conn, w, n| ChatSession::recent(conn, w.person(n), &page());
    "chats/with_messages::find_with_messages" = |conn, w, n| ChatSession::find_with_messages(conn, w.chat(n));
    "chats/with_messages::get_with_messages" = |conn, w, n| ChatSession::get_with_messages(conn, w.chat(n));
    "class_members::delete" = |conn, w, n| ClassMember::delete(conn, w.class(n), w.person(n));
    "class_members::enrol" = |conn, w, n| ClassMember::enrol(conn, w.class(n), w.person(n), ClassRole::Student);
    "class_members::find" = |conn, w, n| ClassMember::find(conn, w.class(n), w.person(n));
    "class_members::get" = |conn, w, n| ClassMember::get(conn, w.class(n), w.person(n));
    "class_members::list" = |conn, w, n| ClassMember::list(conn, w.class(n), &page());
    "classes::create" = |conn, w, n| Class::create(conn, &NewClass::new(w.group(n), "7b"));
    "classes::find" = |conn, w, n| Class::find(conn, w.class(n));
    "classes::find_with_deleted" = |conn, w, n| Class::find_with_deleted(conn, w.class(n));
    "classes::get" = |conn, w, n| Class::get(conn, w.class(n));
    "classes::list" = |conn, w, n| Class::list(conn, w.group(n), &page());
    "classes::restore" = |conn, w, n| Class::restore(conn, w.class(n));
    "classes::soft_delete" = |conn, w, n| Class::soft_delete(conn, w.class(n));
    "classes::update" = |conn, w, n| Class::update(conn, w.class(n), &ClassChanges { name: Some("8a".to_owned()), ..Default::default() });
    "erasure::erase" = |conn, _w, _n| async {
        let person = User::create(conn, &NewUser::named("Gone soon")).await?.id;
        User::erase(conn, person).await
    };
    "export::export" = |conn, w, n| async {
        use futures_util::TryStreamExt;
        User::export(conn, w.person(n)).await?.try_for_each(|_| async { Ok(()) }).await
    };
    "conversations::import" = |conn, w, n| async {
        let options = homeroom::conversations::ImportOptions { source: Some(format!("talk {}", n % 4)) };
        homeroom::conversations::import(conn, w.conversations(), &options, &|_| {}).await
    };
    "external_ids::create" = |conn, w, n| ExternalId::create(conn, SOURCE, &n.to_string(), ExternalIdTarget::User(w.person(n)));
    "external_ids::delete" = |conn, _w, n| ExternalId::delete(conn, SOURCE, "user", &n.to_string());
    "external_ids::find" = |conn, _w, n| ExternalId::find(conn, SOURCE, "user", &n.to_string());
    "external_ids::get" = |conn, _w, n| ExternalId::get(conn, SOURCE, "user", &n.to_string());
    "files::create" = |conn, w, n| File::create(conn, &file(w, n));
    "files::delete" = |conn, _w, n| DeletedBlob::delete(conn, n as i64);
    "files::find" = |conn, w, n| File::find(conn, w.file(n));
    "files::get" = |conn, w, n| File::get(conn, w.file(n));
    "files::list" = |conn, w, n| async {
        File::list(conn, w.person(n), &page()).await?;
        DeletedBlob::list(conn, &page()).await
    };
    "files::purge_removed" = |conn, _w, _n| File::purge_removed(conn, 10);
    "files::restore" = |conn, w, n| File::restore(conn, w.file(n));
    "files::soft_delete" = |conn, w, n| File::soft_delete(conn, w.file(n));
    "files::update" = |conn, w, n| File::update(conn, w.file(n), &FileChanges { purpose: Some("test".to_owned()), ..Default::default() });
    "forked_chats::find_most_forked" = |conn, _w, _n| ChatSession::find_most_forked(conn, SOURCE);
    "group_members::delete" = |conn, w, n| GroupMember::delete(conn, w.group(n), w.person(n));
    "group_members::find" = |conn, w, n| GroupMember::find(conn, w.group(n), w.person(n));
    "group_members::get" = |conn, w, n| GroupMember::get(conn, w.group(n), w.person(n));
    "group_members::list" = |conn, w, n| GroupMember::list(conn, w.group(n), &page());
    "group_members::list_of_user" = |conn, w, n| GroupMember::list_of_user(conn, w.person(n), &page());
    "group_members::set_role" = |conn, w, n| GroupMember::set_role(conn, w.group(n), w.person(n), GroupRole::Teacher);
    "group_overview::of_tree" = |conn, w, n| GroupOverview::of_tree(conn, Some(w.group(n)));
    "groups::archive" = |conn, w, n| Group::archive(conn, w.spare_group(n));
    "groups::create" = |conn, w, n| Group::create(conn, &NewGroup::new(GroupType::School, w.group(n), "A school").slug(format!("s{n}")));
    "groups::find" = |conn, w, n| Group::find(conn, w.group(n));
    "groups::find_by_path" = |conn, w, n| async { let path: Ltree = w.path(n); Group::find_by_path(conn, &path).await };
    "groups::find_with_deleted" = |conn, w, n| Group::find_with_deleted(conn, w.group(n));
    "groups::get" = |conn, w, n| Group::get(conn, w.group(n));
    "groups::list" = |conn, _w, _n| Group::list(conn, &page());
    "groups::move_to" = |conn, w, n| Group::move_to(conn, w.spare_group(n), Some(w.group(n)));
    "groups::rename" = |conn, w, n| Group::rename(conn, w.spare_group(n), "Renamed", &format!("renamed-{n}"));
    "groups::restore" = |conn, w, n| Group::restore(conn, w.spare_group(n));
    "groups::update" = |conn, w, n| Group::update(conn, w.group(n), &GroupChanges { name: Some("New".to_owned()), ..Default::default() });
    "groups/tree::ancestors" = |conn, w, n| Group::ancestors(conn, w.group(n));
    "groups/tree::children" = |conn, w, n| Group::children(conn, w.group(n), &page());
    "groups/tree::count_subtree" = |conn, w, n| Group::count_subtree(conn, w.group(n));
    "groups/tree::descendants" = |conn, w, n| Group::descendants(conn, w.group(n));
    "groups/tree::list_descendants" = |conn, w, n| Group::list_descendants(conn, w.group(n), None, &page());
    "groups/tree::siblings" = |conn, w, n| Group::siblings(conn, w.group(n), &page());
    "messages::append" = |conn, w, n| Message::append(conn, w.chat(n), &NewMessage::user("What is a fraction?"));
    "messages::last" = |conn, w, n| Message::last(conn, w.chat(n), 10);
    "messages::list" = |conn, w, n| Message::list(conn, w.chat(n), &page());
    "messages::list_back" = |conn, w, n| Message::list_back(conn, w.chat(n), &page());
    "messages/turn::append_turn" = |conn, w, n| Message::append_turn(conn, w.chat(n), &[NewMessage::user("?"), NewMessage::assistant("!")]);
    "passwords::set_password" = |conn, w, n| User::set_password(conn, w.person(n), "a password of eight words is long enough");
    "replicas::current" = |conn, _w, _n| WalPosition::current(conn);
    "roles::find_at_class" = |conn, w, n| EffectiveRole::find_at_class(conn, w.person(n), w.class(n));
    "roles::find_at_group" = |conn, w, n| EffectiveRole::find_at_group(conn, w.person(n), w.group(n));
    "roster::import" = |conn, w, _n| homeroom::roster::import(conn, w.roster(), &ImportOptions::default(), &|_| {});
    "rosters::enrol_all" = |conn, w, n| ClassMember::enrol_all(conn, w.class(n), &[(w.person(n), ClassRole::Student), (w.person(n + 1), ClassRole::Student)]);
    "rosters::remove_all" = |conn, w, n| ClassMember::remove_all(conn, w.class(n), &[w.person(n), w.person(n + 1)]);
    "rosters::roster" = |conn, w, n| Class::roster(conn, w.class(n), &page());
    "rosters::schedule" = |conn, w, n| ClassMember::schedule(conn, w.person(n), &page());
    "sessions::create" = |conn, w, n| async {
        let (new, _) = NewSession::new(w.person(n), SessionContext::Personal, NewSession::LIFETIME);
        Session::create(conn, &new).await
    };
    "sessions::delete" = |conn, w, n| async {
        let (new, _) = NewSession::new(w.person(n), SessionContext::Personal, NewSession::LIFETIME);
        let session = Session::create(conn, &new).await?;
        Session::delete(conn, session.id).await
    };
    "sessions::delete_all" = |conn, w, n| Session::delete_all(conn, w.person(n));
    "sessions::list" = |conn, w, n| Session::list(conn, w.person(n), &page());
    "sessions::purge_expired" = |conn, _w, _n| Session::purge_expired(conn, &SessionPolicy::default(), 10);
    "settings::of_class" = |conn, w, n| EffectiveSettings::of_class(conn, w.class(n));
    "settings::of_group" = |conn, w, n| EffectiveSettings::of_group(conn, w.group(n));
    "sign_in::authenticate" = |conn, w, _n| Session::authenticate(conn, &w.token, &SessionPolicy::default());
    "sign_in::rotate" = |conn, w, n| async {
        let policy = SessionPolicy::default();
        let started = Session::start(conn, w.person(n), SessionContext::Personal, &policy).await?;
        match started {
            Some((_, token)) => Session::rotate(conn, &token, &policy).await.map(drop),
            None => Ok(()),
        }
    };
    "sign_in::sign_in" = |conn, _w, _n| Session::sign_in(conn, "nobody@example.org", "a wrong password", SessionContext::Personal, &SessionPolicy::default());
    "sign_in::start" = |conn, w, n| Session::start(conn, w.person(n), SessionContext::Personal, &SessionPolicy::default());
    "statistics::read" = |conn, _w, _n| Statistics::read(conn);
    "storage_limits::drifted" = |conn, _w, _n| StorageLimits::drifted(conn, &page());
    "storage_limits::of_user" = |conn, w, n| StorageLimits::of_user(conn, w.person(n));
    "storage_limits::reconcile" = |conn, w, n| StorageLimits::reconcile(conn, w.person(n));
    "storage_reservations::commit" = |conn, w, n| async {
        let reserved = StorageReservation::reserve(conn, &NewStorageReservation::new(w.person(n), 10)).await?;
        StorageReservation::commit(conn, reserved.id, &file(w, n)).await.map(drop)
    };
    "storage_reservations::purge_expired" = |conn, _w, _n| StorageReservation::purge_expired(conn, 10);
    "storage_reservations::release" = |conn, w, n| async {
        let new = NewStorageReservation { lifetime: Duration::from_secs(1), ..NewStorageReservation::new(w.person(n), 10) };
        let reserved = StorageReservation::reserve(conn, &new).await?;
        StorageReservation::release(conn, reserved.id).await.map(drop)
    };
    "storage_reservations::reserve" = |conn, w, n| StorageReservation::reserve(conn, &NewStorageReservation::new(w.person(n), 10));
    "tools::create" = |conn, _w, n| Tool::create(conn, &new_tool(None, &format!("tool {n}"), "1.0.0"));
    "tools::find" = |conn, w, n| Tool::find(conn, w.tool(n));
    "tools::find_newest" = |conn, _w, n| async move { Tool::find_newest(conn, None, &format!("tool {n}")).await };
    "tools::find_version" = |conn, _w, _n| async { Tool::find_version(conn, None, "tool", &"1.0.0".parse().unwrap()).await };
    "tools::find_with_deleted" = |conn, w, n| Tool::find_with_deleted(conn, w.tool(n));
    "tools::get" = |conn, w, n| Tool::get(conn, w.tool(n));
    "tools::list" = |conn, _w, _n| Tool::list(conn, None, &page());
    "tools::restore" = |conn, w, n| Tool::restore(conn, w.tool(n));
    "tools::soft_delete" = |conn, w, n| Tool::soft_delete(conn, w.tool(n));
    "tools::update" = |conn, w, n| Tool::update(conn, w.tool(n), &ToolChanges { name: Some(format!("tool {n} again")), ..Default::default() });
    "tools/visible::visible" = |conn, w, n| Tool::visible(conn, w.person(n), w.group(n), &page());
    "tools/visible::visible_at" = |conn, w, n| Tool::visible_at(conn, w.group(n), &page());
    "user_storage_limits::clear" = |conn, w, n| UserStorageLimit::clear(conn, w.person(n));
    "user_storage_limits::find" = |conn, w, n| UserStorageLimit::find(conn, w.person(n));
    "user_storage_limits::get" = |conn, w, n| UserStorageLimit::get(conn, w.person(n));
    "user_storage_limits::list" = |conn, _w, _n| UserStorageLimit::list(conn, &page());
    "user_storage_limits::set" = |conn, w, n| async {
        let limit = NewUserStorageLimit {
            user_id: w.person(n),
            max_file_size_bytes: None,
            storage_quota_bytes: Some(1_000_000),
            set_by: None,
            reason: None,
        };
        UserStorageLimit::set(conn, &limit).await
    };
    "users::create" = |conn, _w, n| User::create(conn, &NewUser::named(format!("Person {n}")));
    "users::find" = |conn, w, n| User::find(conn, w.person(n));
    "users::find_by_email" = |conn, _w, _n| User::find_by_email(conn, "a@example.org");
    "users::find_with_deleted" = |conn, w, n| User::find_with_deleted(conn, w.person(n));
    "users::get" = |conn, w, n| User::get(conn, w.person(n));
    "users::list" = |conn, _w, _n| User::list(conn, &page());
    "users::restore" = |conn, w, n| User::restore(conn, w.person(n));
    "users::soft_delete" = |conn, _w, _n| async {
        let person = User::create(conn, &NewUser::named("Gone soon")).await?.id;
        User::soft_delete(conn, person).await.map(drop)
    };
    "users::update" = |conn, w, n| User::update(conn, w.person(n), &UserChanges { name: Some("Renamed".to_owned()), ..Default::default() });
}
