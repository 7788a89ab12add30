//! A person with a password signs in, makes a request, gets another token and signs out:
//! `cargo run -p homeroom --example signed_in_request --features testing`.

use homeroom::testing::TestDatabase;
use homeroom::{
    EffectiveRole, Group, GroupMember, GroupRole, GroupType, NewGroup, NewUser, Session,
    SessionContext, SessionPolicy, User, UserStatus,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In a program of yours: Database::connect(DatabaseConfig::from_env()?).await?
    let db = TestDatabase::create().await;
    let conn = db.conn().await?;
    let policy = SessionPolicy::default();

    let district =
        Group::create(&conn, &NewGroup::new(GroupType::District, None, "Aberdeen")).await?;
    let school = NewGroup::new(GroupType::School, district.id, "Miller Junior High");
    let school = Group::create(&conn, &school).await?;
    let head =
        NewUser::named("Head of school").email("head@example.org").status(UserStatus::Active);
    let head = User::create(&conn, &head).await?.id;
    GroupMember::set_role(&conn, school.id, head, GroupRole::GroupAdmin).await?;
    User::set_password(&conn, head, "correct horse battery staple").await?;

    // A form that was sent. Whatever is wrong, the answer is the same, and takes the same time.
    let wrong =
        Session::sign_in(&conn, "head@example.org", "12345", SessionContext::Personal, &policy);
    println!("a wrong password: {}", if wrong.await?.is_some() { "signed in" } else { "refused" });
    let password = "correct horse battery staple";
    let right =
        Session::sign_in(&conn, "Head@example.org", password, SessionContext::Personal, &policy);
    let Some((signed_in, token)) = right.await? else {
        return Err("the right password is refused".into());
    };
    let cookie = token.expose();
    println!("signed in until {}", signed_in.session.expires_at.date_naive());

    // A request with the cookie: one statement for the session, its person and their roles, one for what they may do here.
    let Some(request) = Session::authenticate(&conn, &cookie.parse()?, &policy).await? else {
        return Err("the cookie is not valid".into());
    };
    for membership in &request.roles {
        println!("{} is {} of {}", request.user.name, membership.role, membership.path);
    }
    for place in [&school, &district] {
        let role = EffectiveRole::find_at_group(&conn, request.user.id, place.id).await?;
        let may_rename = role.is_some_and(|it| it.role <= GroupRole::GroupAdmin);
        println!("may rename {}: {}", place.path, if may_rename { "yes" } else { "no" });
    }

    // Another token for the same session: the old one is void.
    let Some((session, new_token)) = Session::rotate(&conn, &token, &policy).await? else {
        return Err("the session has ended".into());
    };
    let old = Session::authenticate(&conn, &token, &policy).await?;
    let new = Session::authenticate(&conn, &new_token, &policy).await?;
    println!("after the rotation: old token {}, new token {}", valid(&old), valid(&new));

    Session::delete(&conn, session.id).await?;
    let gone = Session::authenticate(&conn, &new_token, &policy).await?;
    println!("after signing out: new token {}", valid(&gone));
    Ok(())
}

const fn valid<T>(signed_in: &Option<T>) -> &'static str {
    if signed_in.is_some() { "valid" } else { "void" }
}
