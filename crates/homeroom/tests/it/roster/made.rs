//! Small packages that tests make and spoil.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A package of a folder that is gone with the test.
pub(crate) struct Made {
    folder: tempfile::TempDir,
    files: BTreeMap<&'static str, Vec<String>>,
}

const ACADEMIC_SESSIONS: &str = "\
sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y1,,,2025-26,schoolYear,2025-09-03,2026-06-18,,2026
t1,,,Fall 2025,term,2025-09-03,2026-01-30,y1,2026
t2,,,Spring 2026,term,2026-02-02,2026-06-18,y1,2026";

const COURSES: &str = "\
sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
c1,,,y1,Mathematics,MAT100,\"07,08\",d1,Mathematics,";

const ORGS: &str = "\
sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,,,Aberdeen School District,district,,
s1,,,Lincoln High School,school,,d1
s2,,,Washington School,school,,d1";

const CLASSES: &str = "\
sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
k1,,,Algebra,\"07,08\",c1,0100,scheduled,Room 12,s1,\"t1,t2\",Mathematics,,1
k2,,,Homeroom,,,,homeroom,,s2,t1,,,";

const USERS_1_1: &str = "\
sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
u1,,,true,s1,teacher,zoe,,Zoë,O'Hara,,,zoe@example.org,,,,,
u2,,,true,s1,student,,,An,Nguyễn,,,an@example.org,,,,,
u3,,,true,\"s1,s2\",student,,,Olga,,,,,,,,,
u4,,,true,d1,administrator,,,Ana,Lima,,,ana@example.org,,,,,";

const USERS_1_2: &str = "\
sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
u1,,,true,zoe,,Zoë,O'Hara,,,zoe@example.org,,,,,,,,,,,
u2,,,true,an,,An,Nguyễn,,,an@example.org,,,,,,,,,,,";

const ROLES: &str = "\
sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r1,,,u1,primary,teacher,,,s1,
r2,,,u2,primary,student,,,s1,";

const ENROLLMENTS: &str = "\
sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
e1,,,k1,s1,u1,teacher,true,,
e2,,,k1,s1,u2,student,,,";

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

impl Made {
    /// A district with two schools, two classes and four people, in version 1.1.
    pub(crate) fn v1_1() -> Self {
        Self::new("1.1", &[("users.csv", USERS_1_1)])
    }

    /// The same with two people, in version 1.2.
    pub(super) fn v1_2() -> Self {
        Self::new("1.2", &[("users.csv", USERS_1_2), ("roles.csv", ROLES)])
    }

    fn new(version: &str, own: &[(&'static str, &str)]) -> Self {
        let shared = [
            ("academicSessions.csv", ACADEMIC_SESSIONS),
            ("courses.csv", COURSES),
            ("orgs.csv", ORGS),
            ("classes.csv", CLASSES),
            ("enrollments.csv", ENROLLMENTS),
        ];
        let mut files: BTreeMap<&'static str, Vec<String>> =
            shared.iter().chain(own).map(|(name, text)| (*name, lines(text))).collect();
        let promised: String = files
            .keys()
            .map(|name| format!("file.{},bulk\n", name.trim_end_matches(".csv")))
            .collect();
        let manifest = format!(
            "propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n{promised}file.results,absent"
        );
        files.insert("manifest.csv", lines(&manifest));
        Self { folder: tempfile::tempdir().unwrap(), files }
    }

    /// Adds a line to a file, which is made when there is none.
    pub(super) fn add(mut self, file: &'static str, line: &str) -> Self {
        self.files.entry(file).or_default().push(line.to_owned());
        self
    }

    /// Replaces the first occurrence of a text in a file.
    pub(super) fn replace(mut self, file: &str, old: &str, new: &str) -> Self {
        let lines = self.files.get_mut(file).unwrap();
        let line = lines
            .iter_mut()
            .find(|line| line.contains(old))
            .unwrap_or_else(|| panic!("no {old} in {file}"));
        *line = line.replacen(old, new, 1);
        self
    }

    /// Takes the lines away that hold a text.
    pub(super) fn without(mut self, file: &str, text: &str) -> Self {
        let lines = self.files.get_mut(file).unwrap();
        let before = lines.len();
        lines.retain(|line| !line.contains(text));
        assert_ne!(lines.len(), before, "no {text} in {file}");
        self
    }

    /// Takes a file away, of which the manifest still speaks.
    pub(super) fn without_file(mut self, file: &str) -> Self {
        self.files.remove(file).unwrap();
        self
    }

    /// Ends the lines of all files as Windows does.
    pub(super) fn windows(mut self) -> Self {
        for line in self.files.values_mut().flatten() {
            line.push('\r');
        }
        self
    }

    pub(super) fn text(&self, file: &str) -> String {
        self.files[file].join("\n")
    }

    /// Writes the folder.
    pub(crate) fn path(&self) -> PathBuf {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for name in self.files.keys() {
            self.write(name, self.text(name).as_bytes());
        }
        self.folder.path().to_owned()
    }

    /// Writes the folder with other bytes in one of its files.
    pub(super) fn path_with(&self, file: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path();
        self.write(file, bytes);
        path
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// Writes a zip archive of the files, in `folder` when that is not empty.
    pub(super) fn zip(&self, folder: &str) -> PathBuf {
        let path = self.folder.path().join("roster.zip");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for name in self.files.keys() {
            zip.start_file(format!("{folder}{name}"), options).unwrap();
            zip.write_all(self.text(name).as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    /// The name of the folder in a message stands as `PACKAGE`, as it is another one in every run.
    pub(super) fn redacted(&self, message: &str) -> String {
        let path: &Path = self.folder.path();
        message.replace(path.to_str().unwrap(), "PACKAGE")
    }
}
