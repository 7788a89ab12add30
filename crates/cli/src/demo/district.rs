//! The district that the demo makes: who and what is in it, as rows to be created. Talks to no database.

use std::collections::BTreeMap;

use homeroom::{
    ClassId, ClassRole, GroupId, GroupRole, GroupType, NewClass, NewGroup, NewTool, NewUser,
    Settings, StorageLimitSettings, StorageSettings, ToolDefinition, ToolId, ToolType, ToolVersion,
    UserId, UserStatus, ltree,
};
use serde_json::json;

use super::names;
use super::random::Random;

const DISTRICTS: &[&str] = &[
    "Amberfield",
    "Quillhaven",
    "Larkmoor",
    "Thistledown",
    "Maplecross",
    "Fernhollow",
    "Brightwater Bay",
];
const ELEMENTARY: &[&str] = &["Willow Bend", "Robin’s Nest", "Acorn Lane", "Little River"];
const MIDDLE: &[&str] = &["Copper Hill", "Lantern Street", "Old Orchard", "Dos Ríos"];
const HIGH: &[&str] = &["Summit Ridge", "Harbor Light", "Ada Park", "Northgate"];

/// A school, its departments, and the classes of each.
type School = (&'static str, &'static [&'static str], [(&'static str, &'static [&'static str]); 2]);

const SCHOOLS: [School; 3] = [
    (
        "Elementary School",
        ELEMENTARY,
        [
            ("Literacy", &["Grade 1 Reading", "Grade 2 Reading", "Grade 3 Writing"]),
            ("Numbers and Nature", &["Grade 1 Numbers", "Grade 2 Numbers", "Grade 3 Nature"]),
        ],
    ),
    (
        "Middle School",
        MIDDLE,
        [
            ("Mathematics", &["Fractions and Ratios", "Pre-Algebra", "Geometry", "Math Lab"]),
            ("Sciences", &["Earth Science", "Life Science", "Robotics"]),
        ],
    ),
    (
        "High School",
        HIGH,
        [
            (
                "World Languages",
                &["Español I", "中文初级 (Beginning Chinese)", "한국어 1", "Українська"],
            ),
            ("Computing", &["Python from Zero", "Data and Society", "AI Studio"]),
        ],
    ),
];

/// The place of the department and of the class that the demo shows.
const SHOWN_DEPARTMENT: &str = "Mathematics";
const SHOWN_CLASS: &str = "Fractions and Ratios";

const TEACHERS_PER_DEPARTMENT: usize = 4;
/// With the superintendent, three principals and 24 teachers this makes 400 people.
const STUDENTS_PER_SCHOOL: usize = 124;

const TUTOR: &str = "\
model: tutor-small
prompt: |
  You are a patient tutor. Ask a question before you explain, and never give the whole answer away.
max_turns: 40
";
const STUDIO: &str = "\
model: tutor-large
prompt: |
  Help the student plan a project in small steps. Review code; don't write all of it.
tools: [run_python, draw_chart]
";

/// Someone and their place.
pub(super) struct Person {
    pub(super) user: NewUser,
    pub(super) group_id: GroupId,
    pub(super) role: GroupRole,
}

/// The district's rows, and which of them the demo shows.
pub(super) struct District {
    /// Each behind the one above it.
    pub(super) groups: Vec<NewGroup>,
    pub(super) people: Vec<Person>,
    pub(super) classes: Vec<NewClass>,
    /// The people of each class.
    pub(super) enrolments: BTreeMap<ClassId, Vec<(UserId, ClassRole)>>,
    pub(super) tools: Vec<NewTool>,
    pub(super) tutor: ToolId,
    pub(super) studio: ToolId,
    pub(super) department: GroupId,
    pub(super) class: ClassId,
    /// A teacher of the class that is shown, then its students.
    pub(super) class_people: Vec<UserId>,
}

impl District {
    /// The district of a seed; `number` tells it from others of the same name in a database.
    pub(super) fn new(seed: u64, number: usize) -> Self {
        let mut making = Making::new(seed, number);
        for (index, school) in SCHOOLS.iter().enumerate() {
            making.school(index, school);
        }
        making.finish()
    }

    pub(super) fn id(&self) -> Option<GroupId> {
        self.groups.first().map(|district| district.id)
    }
}

/// A district that is being put together.
struct Making {
    random: Random,
    mail_domain: String,
    district_id: GroupId,
    district: District,
}

impl Making {
    fn new(seed: u64, number: usize) -> Self {
        let mut random = Random::new(seed);
        let mut name = format!("{} School District", random.pick(DISTRICTS));
        if number > 1 {
            name.push_str(&format!(" {number}"));
        }
        let settings = Settings { storage: storage(2 << 30), ..Settings::default() }
            .with("language", "en")
            .with("chat", json!({ "model": "tutor-small", "max_turns": 60, "hints": true }));
        let district = NewGroup::new(GroupType::District, None, name).settings(settings);
        let mut making = Self {
            random,
            // RFC 2606, section 2: nobody's domain.
            mail_domain: format!("{}.example", district.slug),
            district_id: district.id,
            district: District {
                groups: Vec::new(),
                people: Vec::new(),
                classes: Vec::new(),
                enrolments: BTreeMap::new(),
                tools: Vec::new(),
                tutor: ToolId::generate(),
                studio: ToolId::generate(),
                department: district.id,
                class: ClassId::generate(),
                class_people: Vec::new(),
            },
        };
        making.district.groups.push(district);
        making.person(making.district_id, GroupRole::GroupAdmin);
        making
    }

    fn person(&mut self, group_id: GroupId, role: GroupRole) -> UserId {
        let mut user = NewUser::named(names::name(&mut self.random));
        user.status = UserStatus::Active;
        // As in real rosters, a third of the students have no address.
        if role != GroupRole::Student || !self.random.one_in(3) {
            let number = self.district.people.len() + 1;
            user.email = Some(format!("{}.{number}@{}", ltree::slug(&user.name), self.mail_domain));
        }
        let id = user.id;
        self.district.people.push(Person { user, group_id, role });
        id
    }

    fn school(&mut self, index: usize, (kind, names, departments): &School) {
        let name = format!("{} {kind}", self.random.pick(names));
        let settings = match index {
            0 => Settings::default().with("chat", json!({ "max_turns": 20, "voice": true })),
            1 => {
                Settings::default().with("chat", json!({ "max_turns": 40 })).with("language", "es")
            }
            _ => Settings { storage: storage(5 << 30), ..Settings::default() },
        };
        let school = NewGroup::new(GroupType::School, self.district_id, name).settings(settings);
        let school_id = school.id;
        self.district.groups.push(school);
        self.person(school_id, GroupRole::GroupAdmin);

        let first_class = self.district.classes.len();
        for (name, classes) in departments {
            self.department(school_id, name, classes);
        }
        let classes: Vec<ClassId> =
            self.district.classes.iter().skip(first_class).map(|class| class.id).collect();
        for number in 0..STUDENTS_PER_SCHOOL {
            let student = self.person(school_id, GroupRole::Student);
            let own = classes.get(number % classes.len().max(1)).copied();
            let second = Some(*self.random.pick(&classes)).filter(|_| self.random.one_in(3));
            for class_id in own.into_iter().chain(second.filter(|second| Some(*second) != own)) {
                self.enrol(class_id, student, ClassRole::Student);
            }
        }
    }

    fn department(&mut self, school_id: GroupId, name: &str, classes: &[&str]) {
        let mut department = NewGroup::new(GroupType::Department, school_id, name);
        if name == SHOWN_DEPARTMENT {
            let chat = json!({ "model": "tutor-large", "calculator": "after the third hint" });
            department.settings =
                Settings::default().with("chat", chat).with("grading", json!({ "scale": "1–6" }));
            self.district.department = department.id;
        }
        let department_id = department.id;
        self.district.groups.push(department);
        let teachers: Vec<UserId> = (0..TEACHERS_PER_DEPARTMENT)
            .map(|_| self.person(department_id, GroupRole::Teacher))
            .collect();
        for (name, teacher) in classes.iter().zip(teachers.iter().cycle()) {
            let mut class = NewClass::new(department_id, *name);
            class.settings = Settings::default().with("term", "autumn");
            if *name == SHOWN_CLASS {
                self.district.class = class.id;
            }
            let class_id = class.id;
            self.district.classes.push(class);
            self.enrol(class_id, *teacher, ClassRole::Teacher);
            let second = teachers.iter().find(|second| *second != teacher).copied();
            if let Some(second) = second.filter(|_| *name == SHOWN_CLASS || self.random.one_in(2)) {
                self.enrol(class_id, second, ClassRole::Teacher);
            }
        }
    }

    fn enrol(&mut self, class_id: ClassId, user_id: UserId, role: ClassRole) {
        let people = &mut self.district.class_people;
        if class_id == self.district.class && (people.is_empty() || role == ClassRole::Student) {
            people.push(user_id);
        }
        self.district.enrolments.entry(class_id).or_default().push((user_id, role));
    }

    fn finish(self) -> District {
        let Self { mut district, district_id, .. } = self;
        let author = district.class_people.first().copied();
        let tool = |id, kind, name: &str, version, yaml: &str| {
            // It is written above and tested below.
            let definition = ToolDefinition::parse(yaml).ok()?;
            let group_id = Some(district_id);
            Some(NewTool {
                id,
                group_id,
                kind,
                name: name.to_owned(),
                version,
                definition,
                created_by: author,
            })
        };
        let tools = [
            tool(
                district.tutor,
                ToolType::Chat,
                "Socratic Tutor",
                ToolVersion::new(1, 2, 0),
                TUTOR,
            ),
            tool(
                district.studio,
                ToolType::Product,
                "Project Studio",
                ToolVersion::new(0, 9, 1),
                STUDIO,
            ),
        ];
        district.tools = tools.into_iter().flatten().collect();
        district
    }
}

fn storage(quota: u64) -> Option<StorageSettings> {
    let limits = StorageLimitSettings { storage_quota_bytes: Some(quota), ..Default::default() };
    Some(StorageSettings { limits, ..Default::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_district_has_three_schools_six_departments_twenty_classes_and_four_hundred_people() {
        let district = District::new(1, 1);
        let of = |kind| district.groups.iter().filter(|group| group.kind == kind).count();
        assert_eq!((of(GroupType::School), of(GroupType::Department)), (3, 6));
        assert_eq!(
            (district.classes.len(), district.people.len(), district.tools.len()),
            (20, 400, 2)
        );
        assert!(district.classes.iter().any(|class| class.id == district.class));
        assert_ne!(Some(district.department), district.id());
    }

    #[test]
    fn a_seed_makes_the_same_district_but_for_the_ids() {
        let names = |seed, number| {
            let district = District::new(seed, number);
            let people = district.people.into_iter().map(|person| person.user.name);
            let groups = district.groups.into_iter().map(|group| group.slug);
            (groups.collect::<Vec<_>>(), people.collect::<Vec<_>>())
        };
        assert_eq!(names(7, 1), names(7, 1));
        assert_ne!(names(7, 1).1, names(8, 1).1);
        assert_eq!(names(7, 1).1, names(7, 2).1);
        assert_ne!(names(7, 1).0.first(), names(7, 2).0.first());
    }

    #[test]
    fn no_address_and_no_place_in_a_class_comes_twice() {
        for seed in 0..50 {
            let district = District::new(seed, 1);
            let mut seen = HashSet::new();
            assert!(
                district
                    .people
                    .iter()
                    .filter_map(|one| one.user.email.as_ref())
                    .all(|one| seen.insert(one))
            );
            assert!(district.enrolments.values().all(|people| {
                let mut seen = HashSet::new();
                people.iter().all(|(person, _)| seen.insert(*person))
            }));
        }
    }
}
