//! The table as a picture: a bar a piece of work, as long as its speed in multiples of hand-written code.

use std::fmt::Write;

use crate::report::Report;

const BAR: usize = 18;
const LEFT: usize = 320;
const UNIT: f64 = 160.0;
const WIDTH: usize = 900;

pub(crate) fn svg(report: &Report) -> String {
    let height = (report.rows.len() + 2) * (2 * BAR + 8);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"8\" y=\"20\">Speed in multiples of hand-written code on the same schema (dark), and on the earlier one (light)</text>\n"
    );
    for (index, row) in report.rows.iter().enumerate() {
        let y = 36 + index * (2 * BAR + 8);
        let name = format!(
            "{} · {}",
            row.work,
            if row.tasks == 1 { "one task".to_owned() } else { format!("{} tasks", row.tasks) }
        );
        let _ = writeln!(svg, "<text x=\"8\" y=\"{}\">{name}</text>", y + BAR);
        let bars = [("#335", &row.raw), ("#aac", &row.earlier)];
        for (place, (colour, versus)) in bars.into_iter().enumerate() {
            let Some(ratio) = versus.as_ref().map(|versus| versus.speed) else { continue };
            let (y, length) = (y + place * BAR, (ratio * UNIT).min((WIDTH - LEFT - 60) as f64));
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{length:.0}\" height=\"{}\" fill=\"{colour}\"/>\
                 <text x=\"{:.0}\" y=\"{}\">{ratio:.2}</text>",
                BAR - 2,
                LEFT as f64 + length + 6.0,
                y + BAR - 5,
            );
        }
    }
    let one = LEFT as f64 + UNIT;
    let _ = writeln!(
        svg,
        "<line x1=\"{one}\" x2=\"{one}\" y1=\"30\" y2=\"{height}\" stroke=\"#c33\"/>\n</svg>"
    );
    svg
}
