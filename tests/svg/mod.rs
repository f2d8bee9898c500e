//! Pictures: well-formed whatever the names are, complete, and all of it on the
//! canvas. What only a browser can tell, it is asked in `browser`.

mod browser;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use makespan::strategy::scenarios;
use makespan::{Event, EventKind, Scenario, StepName, TaskId, Trace, VirtualTime, scenario};
use proptest::prelude::*;
use roxmltree::{Document, Node};

use crate::large::large;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[track_caller]
fn picture(scenario: &Scenario) -> String {
    scenario.run().expect("it runs").to_svg()
}

/// Three steps, as everybody has them.
fn three() -> Scenario {
    scenario!(seq(auth: 20ms, join(profile: 50ms, orders: 300ms)))
}

/// A bit of everything that is drawn.
fn all_signs() -> Scenario {
    scenario!(seq(
        auth: 20ms,
        spawn(
            seq(profile: 50ms, avatar: 120ms, resize: 40ms),
            orders: 300ms,
            race(primary: 200ms, hedge: 100ms),
            timeout(80ms, "GET /recommendations": 500ms),
        ),
        backoff: 4h,
        spawn(flush: 60ms, audit: 60ms, ping: 0ms),
        timeout(1ms, spawn(left: 90ms)),
        last: 5ms,
    ))
}

/// Thirty steps in five tasks.
fn thirty() -> Scenario {
    let names = ["connect", "read", "decode", "resize", "encode", "store"];
    let worker = |worker: u64| {
        let steps = names.iter().zip(0_u64..);
        let step = |(name, place): (&&str, u64)| {
            Scenario::step(*name, ms(10 + (worker * 31 + place * 17) % 60))
        };
        Scenario::sequential(steps.map(step))
    };
    Scenario::spawned((0..5).map(worker))
}

/// So many jobs, of which 64 go on at once.
fn jobs(count: u64) -> Scenario {
    let job = |index: u64| Scenario::step(format!("job{index}"), ms(5 + index * 7919 % 97));
    Scenario::limited(64, (0..count).map(job))
}

/// Names that a picture must survive.
fn hostile() -> Scenario {
    let long = |text: &str| text.repeat(10_000 / text.chars().count());
    let names = [
        "<script>document.title = 'run'</script>".to_owned(),
        "\"/><image href=\"x\" onerror=\"document.title = 'run'\"/>".to_owned(),
        "]]></title></style><!-- &amp; &lt; -->".to_owned(),
        "'\"`\\".to_owned(),
        "a\nb\r\n\tc".to_owned(),
        "\0\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{fffe}\u{ffff}".to_owned(),
        "\u{202e}evil\u{2066}\u{200f}\u{200b}".to_owned(),
        String::new(),
        "  two  blanks  ".to_owned(),
        "שלום עולם".to_owned(),
        "مرحبا بالعالم".to_owned(),
        "👩‍👩‍👧‍👦🎉🇩🇪👍🏽".to_owned(),
        "नमस्ते தமிழ் ﷽ 𒐫".to_owned(),
        "ｆｕｌｌ".to_owned(),
        long("名前"),
        long("e\u{301}"),
        long("W"),
        long("ש"),
        long("🎉"),
        long("﷽"),
    ];
    let step = |(name, place): (String, u64)| Scenario::step(name, ms(10 + place * 37 % 90));
    Scenario::spawned(names.into_iter().zip(0..).map(step))
}

fn nodes<'a>(document: &'a Document<'a>, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|it| it.has_tag_name(name)).collect()
}

/// A length, in tenths of a pixel.
#[track_caller]
fn tenths(text: &str) -> i64 {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    assert_eq!(rest.len(), 1, "`{text}` has one decimal at most");
    let number = |text: &str| text.parse::<i64>().unwrap_or_else(|_| panic!("`{text}`"));
    number(whole) * 10 + number(rest)
}

#[track_caller]
fn length(node: Node<'_, '_>, attribute: &str) -> i64 {
    tenths(node.attribute(attribute).unwrap_or_else(|| panic!("`{attribute}` in {node:?}")))
}

/// What a picture has that it must not have: markup from names, or what fetches or
/// runs something.
fn foreign(document: &Document<'_>) -> Vec<String> {
    const KNOWN: [&str; 9] =
        ["svg", "title", "desc", "style", "rect", "text", "path", "circle", "g"];
    let elements = document.descendants().filter(Node::is_element);
    let mut found = Vec::new();
    for element in elements {
        let name = element.tag_name().name();
        if !KNOWN.contains(&name) {
            found.push(format!("<{name}>"));
        }
        let attributes = element.attributes().map(|it| it.name());
        found.extend(
            attributes
                .filter(|it| it.starts_with("on") || it.contains("href") || *it == "style")
                .map(|it| format!("{it}=")),
        );
    }
    let texts = document.descendants().filter(Node::is_text).filter_map(|it| it.text());
    let is_control = |it: &char| it.is_control() && *it != '\n';
    found.extend(texts.flat_map(str::chars).filter(is_control).map(|it| format!("{it:?}")));
    found
}

/// A label of an axis, on fonts as wide as they are taken to be.
struct Label<'a> {
    from: i64,
    to: i64,
    y: i64,
    text: &'a str,
}

/// The labels of an axis that are over one another.
fn overlapping_labels(document: &Document<'_>) -> Vec<String> {
    let mut labels = Vec::<Label<'_>>::new();
    let mut over = Vec::new();
    for tick in nodes(document, "text") {
        if tick.attribute("class") != Some("tick small") {
            continue;
        }
        let text = tick.text().unwrap_or_default();
        let (x, width) = (length(tick, "x"), 69 * i64::try_from(text.len()).expect("short"));
        let from = match tick.attribute("text-anchor") {
            None => x,
            Some("middle") => x - width / 2,
            Some(_) => x - width,
        };
        let label = Label { from, to: from + width, y: length(tick, "y"), text };
        let is_over = |it: &&Label<'_>| it.y == label.y && it.from < label.to && label.from < it.to;
        over.extend(labels.iter().filter(is_over).map(|it| format!("{text} over {}", it.text)));
        labels.push(label);
    }
    over
}

/// Bars and knots that leave the canvas.
fn outside(document: &Document<'_>) -> Vec<String> {
    let root = document.root_element();
    let (width, height) = (length(root, "width"), length(root, "height"));
    let shapes = nodes(document, "rect").into_iter().map(|it| {
        let (x, y) = (length(it, "x"), length(it, "y"));
        (x, y, x + length(it, "width"), y + length(it, "height"))
    });
    let knots = nodes(document, "circle").into_iter().map(|it| {
        let (x, y, r) = (length(it, "cx"), length(it, "cy"), length(it, "r"));
        (x - r, y - r, x + r, y + r)
    });
    let is_out = |it: &(i64, i64, i64, i64)| it.0 < 0 || it.1 < 0 || it.2 > width || it.3 > height;
    shapes.chain(knots).filter(is_out).map(|it| format!("{it:?}")).collect()
}

/// The hover titles of the steps.
fn titles(document: &Document<'_>) -> Vec<String> {
    let groups = document.descendants().filter(|it| {
        it.attribute("class").is_some_and(|it| it.split(' ').any(|class| class == "step"))
    });
    let titles = groups.map(|group| group.first_element_child().expect("a title"));
    titles.map(|title| title.text().unwrap_or_default().to_owned()).collect()
}

/// The first lines of the hover titles: the names, each once.
fn named(document: &Document<'_>) -> Vec<String> {
    let names = titles(document).into_iter().map(|it| it.lines().next().map(str::to_owned));
    let mut names: Vec<_> = names.map(Option::unwrap_or_default).collect();
    names.sort();
    names
}

fn sound(trace: &Trace, drawn: usize) -> Result<(), TestCaseError> {
    let svg = trace.to_svg();
    let document = Document::parse(&svg).map_err(|it| TestCaseError::fail(it.to_string()))?;
    prop_assert_eq!(foreign(&document), [""; 0]);
    prop_assert_eq!(overlapping_labels(&document), [""; 0]);
    prop_assert_eq!(outside(&document), [""; 0]);
    let mut names: Vec<_> = trace.steps().iter().map(|step| step.name.to_string()).collect();
    names.sort();
    if names.len() <= drawn {
        prop_assert_eq!(named(&document), names);
    } else {
        prop_assert_eq!(named(&document).len(), drawn);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_picture_is_sound_and_shows_every_step(scenario in scenarios()) {
        sound(&scenario.predict()?, 400)?;
    }

    #[test]
    fn any_name_is_inert(name: String, other in "\\PC{0,40}") {
        let scenario = Scenario::spawned([
            Scenario::step(name, ms(20)),
            Scenario::step(other, ms(300)),
        ]);
        sound(&scenario.predict()?, 400)?;
    }

    #[test]
    fn equal_traces_have_equal_pictures(scenario in scenarios()) {
        prop_assert_eq!(scenario.predict()?.to_svg(), scenario.run()?.to_svg());
    }
}

#[test]
fn hostile_names_are_inert_and_nothing_of_them_is_lost() {
    let trace = hostile().run().expect("it runs");
    sound(&trace, 400).expect("it is sound");
    let svg = trace.to_svg();
    assert!(!svg.contains("<script") && !svg.contains("<image") && !svg.contains("<!--"));
    let document = Document::parse(&svg).expect("it is well-formed");
    let escaped = r#""\0\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{85}\u{fffe}\u{ffff}""#;
    assert!(named(&document).contains(&escaped.to_owned()));
    assert!(named(&document).contains(&format!("\"{}\"", "🎉".repeat(10_000))));
}

#[test]
fn what_must_not_be_there_is_noticed() {
    let parse = |text: &'static str| Document::parse(text).expect("it is well-formed");
    let script = parse("<svg><g onclick=''><script/></g><a href=''>\u{85}</a></svg>");
    assert_eq!(foreign(&script), ["onclick=", "<script>", "<a>", "href=", "'\\u{85}'"]);
    let out = parse("<svg width='10' height='10'><rect x='5' y='1' width='5.1' height='1'/></svg>");
    assert_eq!(outside(&out), ["(50, 10, 101, 20)"]);
    let over = parse(
        "<svg><text class='tick small' x='0' y='1'>20ms</text>\
         <text class='tick small' x='27' y='1'>21ms</text></svg>",
    );
    assert_eq!(overlapping_labels(&over), ["21ms over 20ms"]);
}

#[test]
fn whoever_points_at_a_step_reads_all_that_there_is_to_say_of_it() {
    let svg = picture(&all_signs());
    let document = Document::parse(&svg).expect("it is well-formed");
    let titles = titles(&document);
    let of = |name: &str| {
        let lines = titles.iter().find(|it| it.lines().next() == Some(name));
        lines.unwrap_or_else(|| panic!("{name} in {titles:?}")).as_str()
    };
    assert_eq!(
        of("auth"),
        "auth\nin task 0\nstarts +0ms\nfinishes +20ms, after 20ms\non the critical path"
    );
    assert_eq!(
        of("\"GET /recommendations\""),
        "\"GET /recommendations\"\nin task 4, spawned +20ms\nstarts +20ms\n\
         cancelled +100ms, after 80ms\ntask 4 joined +320ms"
    );
    assert_eq!(
        of("flush"),
        "flush\nin task 5, spawned +14400320ms\nstarts +14400320ms\n\
         finishes +14400380ms, after 60ms, and so do others\ntask 5 joined +14400380ms"
    );
    assert_eq!(
        of("left"),
        "left\nin task 8, spawned +14400380ms\nstarts +14400380ms\n\
         still going on at the end, +14400386ms"
    );
}

#[test]
fn a_picture_tells_in_words_what_it_shows() {
    let described = |scenario: &Scenario| {
        let svg = picture(scenario);
        let document = Document::parse(&svg).expect("it is well-formed");
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let first = |name| nodes(&document, name)[0].text().unwrap_or_default().to_owned();
        (first("title"), first("desc"))
    };
    let words = |title: &str, desc: &str| (title.to_owned(), desc.to_owned());
    assert_eq!(
        described(&three()),
        words(
            "makespan 320ms",
            "makespan 320ms; 3 steps, at most 2 at once; critical path: auth 20ms -> orders 300ms"
        )
    );
    // One goes on alone, and what takes no time does not go on.
    assert_eq!(
        described(&scenario!(a: 1ms)),
        words("makespan 1ms", "makespan 1ms; 1 step; critical path: a 1ms")
    );
    assert_eq!(
        described(&scenario!(seq(a: 0ms, b: 0ms))),
        words("makespan 0ms", "makespan 0ms; 2 steps; critical path: nothing")
    );
    assert_eq!(
        described(&scenario!(seq())),
        words("makespan 0ms", "makespan 0ms; no steps; critical path: nothing")
    );
    assert_eq!(
        described(&Scenario::sequential((0..1_000).map(|_| Scenario::step("a", ms(1))))),
        words(
            "makespan 1s",
            "makespan 1s; 1000 steps, at most 1 at once; critical path: a[0] 1ms -> a[1] 1ms -> \
             a[2] 1ms -> a[3] 1ms -> a[4] 1ms -> a[5] 1ms -> a[6] 1ms -> 993 more; \
             400 of 1000 steps are drawn, the critical ones first"
        )
    );
}

#[test]
fn a_legend_explains_what_is_there_and_nothing_else() {
    let legend = |scenario: &Scenario| {
        let svg = picture(scenario);
        let document = Document::parse(&svg).expect("it is well-formed");
        let samples = document
            .descendants()
            .filter(|it| it.attribute("class").is_some_and(|it| it.starts_with("sample")));
        let text =
            |it: Node<'_, '_>| it.last_element_child().and_then(|it| it.text().map(str::to_owned));
        samples.filter_map(text).collect::<Vec<_>>()
    };
    assert_eq!(legend(&scenario!(a: 1ms)), [""; 0]);
    assert_eq!(legend(&three()), ["critical path"]);
    assert_eq!(
        legend(&all_signs()),
        [
            "critical path",
            "finished at the same time",
            "cancelled",
            "unfinished",
            "spawned",
            "joined",
            "not to scale",
        ]
    );
}

#[test]
fn of_very_many_steps_some_are_drawn_and_how_many_went_on_is_shown() {
    let few = picture(&jobs(400));
    assert!(!few.contains("in flight") && !few.contains("are drawn"));
    let trace = jobs(3_000).run().expect("it runs");
    sound(&trace, 400).expect("it is sound");
    let svg = trace.to_svg();
    let document = Document::parse(&svg).expect("it is well-formed");
    let texts: Vec<_> = nodes(&document, "text").iter().filter_map(Node::text).collect();
    assert!(texts.contains(&"400 of 3000 steps are drawn, the critical ones first"));
    assert!(texts.contains(&"in flight") && texts.contains(&"up to 64"));
    let path = trace.critical_path();
    let critical: Vec<_> = path.links().filter_map(|link| link.step.as_ref()).collect();
    let drawn = named(&document);
    assert!(critical.len() > 40);
    for step in critical {
        assert!(drawn.contains(&step.name.to_string()), "{}", step.name);
    }
    assert!(length(document.root_element(), "height") < 160_000);
}

#[test]
fn a_task_is_joined_behind_its_last_step_and_not_behind_the_last_that_is_drawn() {
    let task = |name: &str| Scenario::sequential((0..300).map(|_| Scenario::step(name, ms(1))));
    let svg = picture(&Scenario::spawned([task("a"), task("b"), task("c")]));
    let document = Document::parse(&svg).expect("it is well-formed");
    let titles = titles(&document);
    let telling = |what: &str| {
        let titles = titles.iter().filter(|it| it.contains(what));
        titles.filter_map(|it| it.lines().next()).collect::<Vec<_>>()
    };
    // All of the critical one, and of the others what is earliest.
    assert_eq!(titles.len(), 400);
    assert_eq!(telling("spawned"), ["a[0]", "b[0]", "c[0]"]);
    assert_eq!(telling("joined"), ["c[299]"]);
}

/// How long this thread has been computing: no other process that is busy counts.
/// Only Linux tells it so easily.
fn computed() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[test]
fn a_large_trace_is_drawn_in_little_time_and_room() {
    let short = |index: u64| Scenario::step("s", ms(index % 1_000));
    for scenario in [
        Scenario::spawned((0..large(250_000).into()).map(short)), // a spawn, a start, a finish, a join
        Scenario::sequential((0..large(500_000).into()).map(short)), // a start and a finish
    ] {
        let trace = scenario.run().expect("it runs");
        assert_eq!(trace.len(), large(1_000_000) as usize);
        let began = computed();
        let svg = trace.to_svg();
        let took = computed().zip(began).map(|(done, began)| done - began);
        // Where it is optimised it takes a third of that.
        let limit = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });
        assert!(took.is_none_or(|took| took < limit), "{took:?}");
        assert!(svg.len() < 400_000, "{}", svg.len());
        assert!(svg.contains(" steps are drawn"));
        Document::parse(&svg).expect("it is well-formed");
    }
}

#[test]
fn logs_put_together_by_hand_are_drawn_too() {
    let event = |at: u64, kind| Event::new(VirtualTime::after(ms(at)), TaskId::ROOT, kind);
    let step = |name: &str| StepName::new(name, None);
    let backwards = [
        event(9, EventKind::Start(step("a"))),
        event(2, EventKind::Finish(step("a"))),
        event(1, EventKind::Finish(step("b"))),
        event(70, EventKind::Start(step("c"))),
        event(3, EventKind::Join(TaskId::ROOT)),
        event(80, EventKind::Spawn(TaskId::ROOT)),
    ];
    for makespan in [ms(0), ms(5), Duration::MAX] {
        let trace = Trace::from_events(backwards.clone(), makespan);
        sound(&trace, 400).expect("it is sound");
    }
}

/// The picture that the README shows.
fn shown() -> Scenario {
    scenario!(seq(auth: 20ms, join(profile: 50ms, orders: 300ms)))
}

#[test]
fn the_readme_shows_a_picture_as_it_is_drawn() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (file, drawn) = (root.join("assets/dashboard.svg"), picture(&shown()));
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &drawn).expect("it is written");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == drawn, "assets/dashboard.svg is not what is drawn; if it should be: BLESS=1");
    let readme = fs::read_to_string(root.join("README.md")).expect("it is there");
    assert!(readme.contains("](assets/dashboard.svg)"));
}
