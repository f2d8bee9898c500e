//! The elements of a picture, written as XML.

use std::fmt;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use crate::picture::columns::width;
use crate::picture::svg::length::Length;

/// A picture while it is written.
pub(super) struct Page(Writer<Vec<u8>>);

/// An attribute; what its value displays as is escaped.
pub(super) type Attribute<'a> = (&'static str, &'a dyn fmt::Display);

/// How large a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Head,
    Body,
    Small,
}

impl Face {
    /// The size of the font, in pixels.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::Head => 17,
            Self::Body => 12,
            Self::Small => 11,
        }
    }

    /// How wide a column is: wider than any usual font of a fixed width has it,
    /// which is 0.55 to 0.62 of its size.
    const fn column(self) -> Length {
        Length::tenths(self.size() * 63 / 10)
    }

    pub(super) fn width(self, text: &str) -> Length {
        self.column() * width(text)
    }

    /// How many columns there is room for.
    pub(super) const fn columns(self, room: Length) -> usize {
        room.as_tenths() / self.column().as_tenths()
    }
}

/// Where a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Page {
    pub(super) fn new() -> Self {
        Self(Writer::new_with_indent(Vec::new(), b' ', 1))
    }

    pub(super) fn finish(self) -> String {
        String::from_utf8(self.0.into_inner()).expect("all that is written is UTF-8")
    }

    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("a vector takes all that is written");
    }

    fn start<'a>(name: &'a str, attributes: &[Attribute<'_>]) -> BytesStart<'a> {
        let mut start = BytesStart::new(name);
        for (key, value) in attributes {
            start.push_attribute((*key, value.to_string().as_str()));
        }
        start
    }

    /// An element and what is written into it.
    pub(super) fn with(
        &mut self,
        name: &str,
        attributes: &[Attribute<'_>],
        inside: impl FnOnce(&mut Self),
    ) {
        self.event(Event::Start(Self::start(name, attributes)));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element without anything in it.
    pub(super) fn empty(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.event(Event::Empty(Self::start(name, attributes)));
    }

    /// An element that has only text.
    pub(super) fn plain(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        self.with(name, attributes, |page| page.event(Event::Text(BytesText::new(text))));
    }

    pub(super) fn path(&mut self, class: &str, shape: &dyn fmt::Display) {
        self.empty("path", &[("class", &class), ("d", shape)]);
    }

    /// A line of text, whose baseline is at `y`.
    pub(super) fn text(
        &mut self,
        (class, face): (&str, Face),
        (anchor, x, y): (Anchor, Length, Length),
        text: &str,
    ) {
        let width = face.width(text);
        let mut attributes: Vec<Attribute<'_>> = vec![("class", &class), ("x", &x), ("y", &y)];
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => attributes.push(("text-anchor", &"middle")),
            Anchor::End => attributes.push(("text-anchor", &"end")),
        }
        // No font of a fixed width has every character, and what another font has
        // instead is of any width.
        if !text.is_ascii() {
            attributes.push(("textLength", &width));
            attributes.push(("lengthAdjust", &"spacingAndGlyphs"));
        }
        self.plain("text", &attributes, text);
    }
}
