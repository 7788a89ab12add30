//! A class as its page shows it, and a student's week. Runs on a private PostgreSQL that is gone afterwards.
//!
//! `cargo run -p homeroom --example roster_page --features testing`

use homeroom::testing::TestDatabase;
use homeroom::{
    Class, ClassMember, ClassRole, Group, GroupMember, GroupRole, GroupType, NewClass, NewGroup,
    NewUser, PageRequest, Result, User,
};

#[tokio::main]
async fn main() -> Result<()> {
    let db = TestDatabase::create().await;
    let conn = db.conn().await?;
    let district =
        Group::create(&conn, &NewGroup::new(GroupType::District, None, "Aberdeen")).await?;
    let school = NewGroup::new(GroupType::School, district.id, "Miller Junior High");
    let school = Group::create(&conn, &school).await?;
    let algebra = Class::create(&conn, &NewClass::new(school.id, "Algebra")).await?;
    let choir = Class::create(&conn, &NewClass::new(school.id, "Choir")).await?;

    // Who teaches a class belongs to its district: the database insists.
    let teacher = User::create(&conn, &NewUser::named("Teacher")).await?;
    GroupMember::set_role(&conn, school.id, teacher.id, GroupRole::Teacher).await?;
    let zoe = User::create(&conn, &NewUser::named("Zoe")).await?.id;
    let mut people = vec![(zoe, ClassRole::Student), (teacher.id, ClassRole::Teacher)];
    for n in 1..=24 {
        let student = User::create(&conn, &NewUser::named(format!("Student {n:02}"))).await?;
        people.push((student.id, ClassRole::Student));
    }

    // All of them at once, and again: what is so already is left alone.
    let enrolled = ClassMember::enrol_all(&conn, algebra.id, &people).await?;
    println!("{} enrolled", enrolled.added);
    assert_eq!(ClassMember::enrol_all(&conn, algebra.id, &people).await?.unchanged, 26);

    // Pages go on behind the last one shown, whoever joins or leaves meanwhile.
    let mut request = PageRequest::first(10);
    for number in 1.. {
        let page = Class::roster(&conn, algebra.id, &request).await?;
        println!("page {number}");
        for (member, user) in &page.items {
            println!("  {:<8} {}", member.role, user.name);
        }
        let Some(next) = page.next else { break };
        request = PageRequest::after(next, 10);
    }

    ClassMember::enrol(&conn, choir.id, zoe, ClassRole::Student).await?;
    for class in ClassMember::schedule(&conn, zoe, &PageRequest::default()).await?.items {
        println!("{} at {} ({})", class.name, class.group_name, class.group_path);
    }

    let leaving: Vec<_> = people.iter().skip(20).map(|(id, _)| *id).collect();
    let removed = ClassMember::remove_all(&conn, algebra.id, &leaving).await?;
    println!("{removed} left the class");
    Ok(())
}
