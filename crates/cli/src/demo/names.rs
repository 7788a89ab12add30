//! Names of people in many scripts, put together at random of common given and family names: nobody real is meant.

use super::random::Random;

/// How the names of a language are put together.
struct Language {
    given: &'static [&'static str],
    family: &'static [&'static str],
    order: Order,
    /// How often it comes up, against the others.
    weight: usize,
}

#[derive(Clone, Copy)]
enum Order {
    GivenFamily,
    FamilyGiven,
    /// Family name first, and no space between.
    Joined,
    /// One name only.
    GivenAlone,
}

use Order::{FamilyGiven, GivenAlone, GivenFamily, Joined};

const LANGUAGES: &[Language] = &[
    language(
        12,
        GivenFamily,
        &[
            "Maya",
            "Ethan",
            "Ruby",
            "Caleb",
            "Imani",
            "Owen",
            "Hazel",
            "Malik",
            "Nora",
            "Jonah",
            "Tessa",
            "D’Andre",
        ],
        &[
            "Whitlock",
            "O’Rourke",
            "Barnaby",
            "St. Clair",
            "Okonedo-Hughes",
            "Fairweather",
            "Delacroix",
            "Pemberton",
            "McAllister",
            "Redbird",
        ],
    ),
    language(
        8,
        GivenFamily,
        &["Sofía", "Mateo", "Lucía", "Iñaki", "Ximena", "Ángel", "Noemí", "José Luis"],
        &["Peña Ibáñez", "Núñez", "Castañeda", "Agüero", "de la Cruz", "Villaseñor", "Ordóñez"],
    ),
    language(
        4,
        GivenFamily,
        &["Zofia", "Łukasz", "Jiří", "Šárka", "Žofie", "Győző", "Ștefania", "Đorđe"],
        &["Wiśniewska", "Dvořáček", "Růžičková", "Szűcs", "Țurcanu", "Żeleńska", "Kovačević"],
    ),
    language(
        3,
        GivenFamily,
        &["Åsa", "Søren", "Þórdís", "Jürgen", "Zoë", "François", "Gülşen", "Tủy"],
        &["Sjögren", "Bjørnstad", "Ægisdóttir", "Weißmüller", "Lefèvre", "Öztürk", "Straßner"],
    ),
    language(
        4,
        FamilyGiven,
        &["Thị Hồng Nhung", "Minh Đức", "Quỳnh Anh", "Gia Bảo", "Thùy Dương"],
        &["Nguyễn", "Trần", "Phạm", "Đặng", "Huỳnh"],
    ),
    language(
        4,
        GivenFamily,
        &["Олена", "Тарас", "Дарина", "Богдан", "Соломія", "Ярослав", "Єва"],
        &["Коваленко", "Шевчук", "Гнатюк", "Мельничук", "Їжакевич", "Бондаренко"],
    ),
    language(
        2,
        GivenFamily,
        &["Ελένη", "Νίκος", "Αθηνά", "Γιώργος", "Δήμητρα"],
        &["Παπαδάκη", "Οικονόμου", "Κωνσταντίνου", "Βλάχου"],
    ),
    language(
        4,
        GivenFamily,
        &["ليلى", "يوسف", "مريم", "عمر", "نور", "خالد", "سلمى"],
        &["الخطيب", "حداد", "منصور", "النجار", "درويش", "شاهين"],
    ),
    language(
        2,
        GivenFamily,
        &["נועה", "איתי", "תמר", "יונתן", "שירה"],
        &["אברהמי", "בן־דוד", "פרידמן", "מזרחי", "שלום"],
    ),
    language(
        4,
        GivenFamily,
        &["अनन्या", "आरव", "दीया", "ईशान", "मीरा", "रोहन", "श्रेया"],
        &["शर्मा", "त्रिपाठी", "देशपांडे", "चौधरी", "मिश्रा", "गुप्ता"],
    ),
    language(
        2,
        GivenFamily,
        &["তাসনিম", "রাফি", "নুসরাত", "আরিফ"],
        &["হোসেন", "চক্রবর্তী", "রহমান", "বিশ্বাস"],
    ),
    language(2, GivenAlone, &["கயல்விழி", "முத்துக்குமார்", "செல்வி", "அருண்மொழி"], &[]),
    language(
        3,
        GivenFamily,
        &["พิมพ์ชนก", "ธนกฤต", "ณัฐธิดา", "กิตติพงษ์", "ศิริพร"],
        &["ศรีสุวรรณ", "วงศ์ใหญ่", "แก้วมณี", "ทองดี"],
    ),
    language(
        4,
        Joined,
        &["子涵", "浩然", "雨桐", "思远", "婉清", "梓轩"],
        &["陈", "林", "欧阳", "赵", "周", "黄"],
    ),
    language(
        3,
        FamilyGiven,
        &["さくら", "陽翔", "美咲", "カレン", "蓮", "結衣"],
        &["佐藤", "髙橋", "小野寺", "五十嵐", "渡邊"],
    ),
    language(
        4,
        Joined,
        &["서연", "도윤", "하은", "지호", "수아", "현우"],
        &["김", "이", "박", "남궁", "최", "정"],
    ),
    language(2, GivenFamily, &["ნინო", "გიორგი", "თამარ"], &["ბერიძე", "კაპანაძე", "ლომიძე"]),
    language(2, GivenFamily, &["Անահիտ", "Տիգրան", "Նարե"], &["Հակոբյան", "Սարգսյան", "Գրիգորյան"]),
    language(2, GivenFamily, &["ሰላም", "ዳዊት", "ሕይወት", "ቢንያም"], &["ተስፋዬ", "ገብረማርያም", "አለሙ"]),
];

const fn language(
    weight: usize,
    order: Order,
    given: &'static [&'static str],
    family: &'static [&'static str],
) -> Language {
    Language { given, family, order, weight }
}

/// A name in one of the scripts.
pub(super) fn name(random: &mut Random) -> String {
    let all: usize = LANGUAGES.iter().map(|language| language.weight).sum();
    let mut at = random.below(all);
    let language = LANGUAGES
        .iter()
        .find(|language| {
            let here = at < language.weight;
            at = at.saturating_sub(language.weight);
            here
        })
        .unwrap_or_else(|| random.pick(LANGUAGES));
    let given = *random.pick(language.given);
    if matches!(language.order, GivenAlone) {
        return given.to_owned();
    }
    let family = *random.pick(language.family);
    match language.order {
        GivenFamily | GivenAlone => format!("{given} {family}"),
        FamilyGiven => format!("{family} {given}"),
        Joined => format!("{family}{given}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_hundred_people_have_names_in_every_script() {
        let mut random = Random::new(1);
        let names: Vec<String> = (0..400).map(|_| name(&mut random)).collect();
        for letter in
            ['Z', 'ś', 'О', 'Ε', 'ي', 'נ', 'अ', 'স', 'ธ', '陈', 'さ', '서', 'თ', 'ն', 'ሰ', 'ல']
        {
            assert!(names.iter().any(|name| name.contains(letter)), "{letter}");
        }
        assert!(names.iter().all(|name| (1..=100).contains(&name.chars().count())));
    }

    #[test]
    fn every_language_has_names_to_pick() {
        assert!(LANGUAGES.iter().all(|one| !one.given.is_empty()));
        assert!(
            LANGUAGES.iter().all(|one| !one.family.is_empty() || matches!(one.order, GivenAlone))
        );
    }
}
