//! The colours of a picture, in light and in dark.

use std::fmt::Write as _;

/// A colour that has a name, because it is another in the dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tone {
    name: &'static str,
    light: &'static str,
    dark: &'static str,
}

const fn tone(name: &'static str, light: &'static str, dark: &'static str) -> Tone {
    Tone { name, light, dark }
}

const PAPER: Tone = tone("paper", "#ffffff", "#0d1117");
const FRAME: Tone = tone("frame", "#d9dfe6", "#2d333b");
const GRID: Tone = tone("grid", "#e8ecf1", "#222830");
const INK: Tone = tone("ink", "#1f2328", "#e6edf3");
const FAINT: Tone = tone("faint", "#57606a", "#9aa4af");
/// Lines that only connect.
const THREAD: Tone = tone("thread", "#7d8794", "#78828e");
const HOVER: Tone = tone("hover", "#f3f6f9", "#161b22");
const BAR: Tone = tone("bar", "#d5e4fb", "#1d3656");
const BAR_EDGE: Tone = tone("bar-edge", "#4d7abf", "#5c8fd3");
const CRITICAL: Tone = tone("critical", "#f8bf57", "#e3a53f");
const CRITICAL_EDGE: Tone = tone("critical-edge", "#a86d00", "#ffd489");
const ON_CRITICAL: Tone = tone("on-critical", "#1f2328", "#14181d");
const CUT: Tone = tone("cut", "#fcebf0", "#381b27");
const CUT_EDGE: Tone = tone("cut-edge", "#c2255c", "#f0709b");

const TONES: [Tone; 14] = [
    PAPER,
    FRAME,
    GRID,
    INK,
    FAINT,
    THREAD,
    HOVER,
    BAR,
    BAR_EDGE,
    CRITICAL,
    CRITICAL_EDGE,
    ON_CRITICAL,
    CUT,
    CUT_EDGE,
];

/// What a class looks like: its colours, and the rest.
struct Rule {
    selector: &'static str,
    tones: &'static [(&'static str, Tone)],
    rest: &'static str,
}

const fn rule(
    selector: &'static str,
    tones: &'static [(&'static str, Tone)],
    rest: &'static str,
) -> Rule {
    Rule { selector, tones, rest }
}

const RULES: [Rule; 23] = [
    rule("text", &[("fill", INK)], "font-size:12px;white-space:pre"),
    rule(".head", &[], "font-size:17px;font-weight:600"),
    rule(".faint", &[("fill", FAINT)], ""),
    rule(
        ".small",
        &[("fill", FAINT), ("stroke", PAPER)],
        "font-size:11px;stroke-width:3px;stroke-linejoin:round;paint-order:stroke",
    ),
    rule(".strong", &[], "font-weight:600"),
    rule(".inside", &[("fill", INK)], "stroke:none"),
    rule(".critical .inside", &[("fill", ON_CRITICAL)], ""),
    rule(".card", &[("fill", PAPER), ("stroke", FRAME)], ""),
    rule(".grid", &[("stroke", GRID)], "fill:none"),
    rule(".axis", &[("stroke", THREAD)], "fill:none"),
    rule(".row", &[], "fill:none;pointer-events:all"),
    rule(".step:hover .row", &[("fill", HOVER)], ""),
    rule(
        ".thread",
        &[("stroke", THREAD)],
        "fill:none;stroke-width:1.5px;stroke-dasharray:1.5 3;stroke-linecap:round",
    ),
    rule(".knot", &[("fill", PAPER), ("stroke", THREAD)], "stroke-width:1.5px"),
    rule(".knot.joined", &[("fill", THREAD)], ""),
    rule(".bar", &[("fill", BAR), ("stroke", BAR_EDGE)], ""),
    rule(".critical .bar", &[("fill", CRITICAL), ("stroke", CRITICAL_EDGE)], ""),
    rule(".cut .bar", &[("fill", CUT), ("stroke", CUT_EDGE)], "stroke-dasharray:3 2"),
    rule(
        ".sign",
        &[("stroke", BAR_EDGE)],
        "fill:none;stroke-width:2px;stroke-linecap:round;stroke-linejoin:round",
    ),
    rule(".critical .sign", &[("stroke", CRITICAL_EDGE)], ""),
    rule(".cut .sign", &[("stroke", CUT_EDGE)], ""),
    rule(".busy", &[("fill", BAR), ("stroke", BAR_EDGE)], ""),
    rule(".gap", &[("fill", PAPER)], "stroke:none"),
];

/// No font is named that has to be fetched. The first that is there is taken.
const FONTS: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",\
                     \"Liberation Mono\",monospace";

/// The style sheet of a picture. Nothing in it reaches beyond the picture, where
/// that is a part of a page, and each colour is said outright too, for programs
/// that draw pictures and know no variables: they show the light one.
pub(super) fn style() -> String {
    let mut css = String::from("\n");
    let tones = |of: fn(&Tone) -> &'static str| {
        let tones = TONES.iter().map(|tone| format!("--{}:{}", tone.name, of(tone)));
        tones.collect::<Vec<_>>().join(";")
    };
    let (light, dark) = (tones(|it| it.light), tones(|it| it.dark));
    let root = ".makespan";
    let mut line = |text: String| writeln!(css, "{text}").expect("a string takes all of it");
    line(format!("{root}{{{light};color-scheme:light dark;font-family:{FONTS}}}"));
    for Rule { selector, tones, rest } in RULES {
        let colours = tones.iter().map(|(property, tone)| {
            format!("{property}:{};{property}:var(--{})", tone.light, tone.name)
        });
        let said: Vec<_> =
            colours.chain(Some(rest.to_owned()).filter(|rest| !rest.is_empty())).collect();
        line(format!("{root} {selector}{{{}}}", said.join(";")));
    }
    line(format!("@media (prefers-color-scheme:dark){{{root}{{{dark}}}}}"));
    css
}

#[cfg(test)]
mod tests {
    use super::{
        BAR, BAR_EDGE, CRITICAL, CRITICAL_EDGE, CUT, CUT_EDGE, FAINT, HOVER, INK, ON_CRITICAL,
        PAPER, RULES, THREAD, TONES, Tone, style,
    };

    /// The contrast of two colours, as WCAG 2 has it: from 1 to 21.
    #[expect(clippy::float_arithmetic, reason = "the formula is one of floats")]
    fn contrast(one: &str, two: &str) -> f64 {
        let luminance = |colour: &str| {
            let channel = |at: usize| {
                let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits");
                let share = f64::from(value) / 255.0;
                if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (one, two) = (luminance(one), luminance(two));
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    #[test]
    fn contrast_is_told_as_wcag_has_it() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.005);
    }

    #[track_caller]
    fn stands_out(least: f64, one: Tone, from: Tone) {
        for (scheme, one_is, from_is) in
            [("light", one.light, from.light), ("dark", one.dark, from.dark)]
        {
            let ratio = contrast(one_is, from_is);
            assert!(ratio >= least, "{} on {}: {ratio} in {scheme}", one.name, from.name);
        }
    }

    #[test]
    fn all_text_is_readable_in_light_and_in_dark() {
        for (text, ground) in [
            (INK, PAPER),
            (INK, HOVER),
            (FAINT, PAPER),
            (FAINT, HOVER),
            (INK, BAR),
            (INK, CUT),
            (ON_CRITICAL, CRITICAL),
        ] {
            stands_out(4.5, text, ground);
        }
    }

    #[test]
    fn all_that_is_drawn_is_seen_in_light_and_in_dark() {
        for drawn in [BAR_EDGE, CRITICAL_EDGE, CUT_EDGE, THREAD] {
            stands_out(3.0, drawn, PAPER);
        }
        for (sign, bar) in [(BAR_EDGE, BAR), (CUT_EDGE, CUT)] {
            stands_out(3.0, sign, bar);
        }
    }

    #[test]
    fn every_colour_is_another_in_the_dark_and_is_used() {
        let css = style();
        for Tone { name, light, dark } in TONES {
            assert_ne!(light, dark);
            assert_eq!(css.matches(&format!("--{name}:")).count(), 2, "{name}");
            assert!(css.contains(&format!("var(--{name})")), "{name}");
        }
        assert_eq!(css.lines().count(), RULES.len() + 3);
    }

    #[test]
    fn a_style_reaches_only_its_picture_and_fetches_nothing() {
        let css = style();
        for line in css.lines().filter(|line| !line.is_empty()) {
            assert!(line.starts_with(".makespan") || line.starts_with("@media"), "{line}");
        }
        assert!(!css.contains("url") && !css.contains("import") && !css.contains('<'));
    }
}
