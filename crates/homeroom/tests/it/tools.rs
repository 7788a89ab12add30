//! Which version of a tool is found, and which tools a person sees.

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassMember, ClassRole, Connection, Group, GroupId, GroupMember, GroupRole, GroupType,
    NewClass, PageRequest, Tool, ToolSummary, ToolVersion, User, UserChanges, UserId, UserStatus,
};

use crate::{group, new_tool, user};

async fn tool(conn: &Connection, group: Option<GroupId>, name: &str, version: &str) -> Tool {
    Tool::create(conn, &new_tool(group, name, version)).await.unwrap()
}

fn shown(tools: &[ToolSummary]) -> Vec<String> {
    tools.iter().map(|tool| format!("{} {}", tool.name, tool.version)).collect()
}

async fn sees(conn: &Connection, user: UserId, group: GroupId) -> bool {
    let page = Tool::visible(conn, user, group, &PageRequest::default()).await.unwrap();
    !page.items.is_empty()
}

#[tokio::test]
async fn a_pinned_version_is_found_in_its_scope_while_it_is_live() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let pinned = tool(&conn, Some(district), "Tutor", "1.2.0").await;
    tool(&conn, Some(district), "Tutor", "1.10.0").await;
    let everyones = tool(&conn, None, "Tutor", "1.2.0").await;
    let version = ToolVersion::new(1, 2, 0);
    let find = async |group: Option<GroupId>| {
        Tool::find_version(&conn, group, "Tutor", &version).await.unwrap().map(|tool| tool.id)
    };
    assert_eq!(find(Some(district)).await, Some(pinned.id));
    assert_eq!(find(None).await, Some(everyones.id));
    Tool::soft_delete(&conn, everyones.id).await.unwrap();
    assert_eq!(find(None).await, None);
    Group::archive(&conn, district).await.unwrap();
    assert_eq!(find(Some(district)).await, None);
}

#[tokio::test]
async fn at_a_group_the_newest_of_its_tools_those_above_and_everyones_are_visible() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let maths = group(&conn, GroupType::Department, school, "Maths").await.id;
    let other = group(&conn, GroupType::School, district, "Other").await.id;
    for version in ["1.9.0", "1.10.0", "2.0.0-beta", "1.2.0"] {
        tool(&conn, Some(school), "Tutor", version).await;
    }
    let withdrawn = tool(&conn, Some(school), "Tutor", "3.0.0").await.id;
    Tool::soft_delete(&conn, withdrawn).await.unwrap();
    tool(&conn, Some(district), "Tutor", "0.1.0").await;
    tool(&conn, None, "Tutor", "9.0.0").await;
    tool(&conn, None, "Atlas", "1.0.0").await;
    tool(&conn, Some(maths), "Zeta", "1.0.0").await;
    tool(&conn, Some(other), "Elsewhere", "1.0.0").await;

    let teacher = user(&conn, "T").await.id;
    GroupMember::set_role(&conn, maths, teacher, GroupRole::Teacher).await.unwrap();
    let mut read = Vec::new();
    let mut request = PageRequest::first(2);
    loop {
        let page = Tool::visible(&conn, teacher, maths, &request).await.unwrap();
        read.extend(page.items);
        let Some(next) = page.next else { break };
        request = PageRequest::after(next, 2);
    }
    // By name; of equal names the nearest scope first.
    assert_eq!(
        shown(&read),
        ["Atlas 1.0.0", "Tutor 2.0.0-beta", "Tutor 0.1.0", "Tutor 9.0.0", "Zeta 1.0.0"]
    );
    let scopes: Vec<_> = read.iter().map(|tool| tool.group_id).collect();
    assert_eq!(scopes, [None, Some(school), Some(district), None, Some(maths)]);
    let all = Tool::visible_at(&conn, maths, &PageRequest::default()).await.unwrap();
    assert_eq!(all.items, read);
    let above = Tool::visible(&conn, teacher, school, &PageRequest::default()).await.unwrap();
    assert_eq!(
        shown(&above.items).len(),
        4,
        "who belongs below sees the school's, not the department's"
    );
    Group::archive(&conn, school).await.unwrap();
    assert!(!sees(&conn, teacher, maths).await);
}

#[tokio::test]
async fn tools_are_visible_to_those_who_belong_there_or_administer_it() {
    let db = TestDatabase::create().await;
    let conn = db.conn().await.unwrap();
    let district = group(&conn, GroupType::District, None, "D").await.id;
    let school = group(&conn, GroupType::School, district, "S").await.id;
    let maths = group(&conn, GroupType::Department, school, "Maths").await.id;
    let elsewhere = group(&conn, GroupType::District, None, "E").await.id;
    tool(&conn, None, "Tutor", "1.0.0").await;
    // The last administrator of a district could not be suspended.
    for at in [district, elsewhere] {
        let head = user(&conn, "Head").await.id;
        GroupMember::set_role(&conn, at, head, GroupRole::GroupAdmin).await.unwrap();
    }
    for (at, role, visible) in [
        (school, GroupRole::Student, true),
        (maths, GroupRole::Teacher, true),
        (district, GroupRole::GroupAdmin, true),
        (district, GroupRole::Teacher, false),
        (elsewhere, GroupRole::SystemAdmin, true),
        (elsewhere, GroupRole::GroupAdmin, false),
    ] {
        let person = user(&conn, "P").await.id;
        assert!(!sees(&conn, person, school).await);
        GroupMember::set_role(&conn, at, person, role).await.unwrap();
        assert_eq!(sees(&conn, person, school).await, visible, "{role} at {at}");
        let suspended =
            UserChanges { status: Some(UserStatus::Suspended), ..UserChanges::default() };
        User::update(&conn, person, &suspended).await.unwrap();
        assert!(!sees(&conn, person, school).await, "a suspended person sees nothing");
    }

    let algebra = Class::create(&conn, &NewClass::new(maths, "Algebra")).await.unwrap().id;
    let student = user(&conn, "P").await.id;
    ClassMember::enrol(&conn, algebra, student, ClassRole::Student).await.unwrap();
    assert!(sees(&conn, student, school).await && sees(&conn, student, maths).await);
    Class::soft_delete(&conn, algebra).await.unwrap();
    assert!(!sees(&conn, student, school).await);

    let head = user(&conn, "P").await.id;
    GroupMember::set_role(&conn, elsewhere, head, GroupRole::SystemAdmin).await.unwrap();
    Group::archive(&conn, elsewhere).await.unwrap();
    assert!(!sees(&conn, head, school).await, "a role in an archived group grants nothing");
    let removed = user(&conn, "P").await.id;
    GroupMember::set_role(&conn, school, removed, GroupRole::Student).await.unwrap();
    User::soft_delete(&conn, removed).await.unwrap();
    assert!(!sees(&conn, removed, school).await);
}
