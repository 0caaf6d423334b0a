//! The picture of `dockerfile-dsl audit`: an independent parser reads it, and the test looks for boxes and texts that overlap.

use roxmltree::{Document, Node};
use support::{audit, audit_of, example, hostile};

#[path = "audit/support.rs"]
mod support;

#[derive(Debug, Clone, Copy)]
struct Rect {
    x: f64,
    y: f64,
    right: f64,
    bottom: f64,
}

fn number(node: Node, name: &str) -> f64 {
    let value = node.attribute(name).expect("has the attribute");
    value.parse().expect("is a number")
}

fn rects(document: &Document, class: &str) -> Vec<Rect> {
    let is_this = |node: &Node| {
        let class_of = node.attribute("class").unwrap_or_default();
        node.has_tag_name("rect") && class_of.split(' ').next() == Some(class)
    };
    let rect = |node: Node| {
        let (x, y) = (number(node, "x"), number(node, "y"));
        Rect {
            x,
            y,
            right: x + number(node, "width"),
            bottom: y + number(node, "height"),
        }
    };
    let nodes = document.descendants().filter(is_this);
    nodes.map(rect).collect()
}

fn overlaps(one: Rect, other: Rect) -> bool {
    one.x < other.right && other.x < one.right && one.y < other.bottom && other.y < one.bottom
}

fn contains(outer: Rect, inner: Rect) -> bool {
    outer.x <= inner.x
        && outer.y <= inner.y
        && inner.right <= outer.right
        && inner.bottom <= outer.bottom
}

/// Returns the place of a text, with 0.6 of the font size for each character, about that of the widest usual font.
fn text_rect(node: Node) -> Rect {
    let (x, y) = (number(node, "x"), number(node, "y"));
    let size = number(node, "font-size");
    let own = node.children().filter(Node::is_text);
    let length: usize = own
        .map(|text| text.text().unwrap_or("").chars().count())
        .sum();
    let length = f64::from(u32::try_from(length).expect("is short"));
    Rect {
        x,
        y: y - size * 0.75,
        right: x + length * size * 0.6,
        bottom: y + size * 0.2,
    }
}

/// A file with 12 stages, long names, and steps with several secrets.
fn twelve_stages() -> String {
    let mut text = String::new();
    for stage in 0..12_usize {
        let base = match stage {
            5 => "registry.example.com/a-long-organisation/with-a-long-team/an-image:2026.11.29",
            _ if stage % 4 == 0 => "debian:bookworm-slim",
            _ => "BEFORE",
        };
        let base = base.replace("BEFORE", &format!("stage-{}", stage.saturating_sub(1)));
        text += &format!("FROM {base} AS stage-{stage}\n");
        if stage > 2 {
            text += &format!("COPY --from=stage-{} /srv /srv/{stage}\n", stage - 2);
            text += &format!("COPY --from=stage-0 /opt /opt/{stage}\n");
        }
        if stage % 3 != 2 {
            text += &format!(
                "RUN --mount=type=secret,id=npm,target=/root/.npmrc,required=true \
                 --mount=type=secret,id=a-secret-with-quite-a-long-name-{},env=A \
                 npm ci --a-long-option=with-a-long-value && cp /root/.npmrc /srv/{stage}/x\n",
                stage % 4
            );
        }
    }
    text
}

#[test]
fn picture_of_twelve_stages_is_legible() {
    for dockerfile in [twelve_stages(), hostile()] {
        let svg = audit_of(&dockerfile, &["--format", "svg"]);
        check_places(&Document::parse(&svg).expect("is XML"));
    }
    let svg = audit(&example(), &["--format", "svg"]);
    check_places(&Document::parse(&svg).expect("is XML"));
}

/// Boxes do not overlap and are inside their lanes; texts do not overlap and are inside their boxes and the picture.
fn check_places(document: &Document) {
    let root = document.root_element();
    let page = Rect {
        x: 0.0,
        y: 0.0,
        right: number(root, "width"),
        bottom: number(root, "height"),
    };
    let lanes = rects(document, "lane");
    let boxes: Vec<Rect> = ["step", "end"]
        .iter()
        .flat_map(|class| rects(document, class))
        .collect();
    for one in &boxes {
        assert!(lanes.iter().any(|lane| contains(*lane, *one)), "{one:?}");
    }
    let pills = rects(document, "pill");
    let apart: Vec<Rect> = boxes.iter().chain(&pills).copied().collect();
    for all in [&apart, &lanes] {
        for (index, one) in all.iter().enumerate() {
            assert!(contains(page, *one));
            for other in &all[..index] {
                assert!(!overlaps(*one, *other), "{one:?} {other:?}");
            }
        }
    }
    let texts = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    let texts: Vec<Rect> = texts.map(text_rect).collect();
    assert!(texts.len() > lanes.len() + boxes.len());
    for (index, one) in texts.iter().enumerate() {
        assert!(contains(page, *one), "{one:?}");
        for other in &texts[..index] {
            assert!(!overlaps(*one, *other), "{one:?} {other:?}");
        }
        for around in apart.iter().chain(&lanes) {
            let is_apart = !overlaps(*around, *one);
            assert!(is_apart || contains(*around, *one), "{around:?} {one:?}");
        }
    }
}

#[test]
fn picture_is_described_for_screen_readers() {
    let svg = audit(&example(), &["--format", "svg"]);
    let document = Document::parse(&svg).expect("is XML");
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let ids = root.attribute("aria-labelledby").expect("is there");
    for id in ids.split(' ') {
        let mut nodes = document.descendants();
        assert!(nodes.any(|node| node.attribute("id") == Some(id)), "{id}");
    }
    let mut nodes = document.descendants();
    let description = nodes.find(|node| node.has_tag_name("desc"));
    let description = description.and_then(|node| node.text()).expect("is there");
    let sentence = "secret `npm` in stage `build`, line 9: cp -> cache: /root/.cache/npmrc";
    assert!(description.contains(sentence), "{description}");
    assert!(svg.contains("prefers-color-scheme:dark"));
}
