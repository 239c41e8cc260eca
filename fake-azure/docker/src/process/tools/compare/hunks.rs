//! Differences as patches show them.

/// A line with what counts of it.
pub(super) struct Line<'a> {
    text: &'a [u8],
    pub(super) compared: Vec<u8>,
}

/// Cuts a text into lines; `case`, `amount` and `space` are what does not count.
pub(super) fn lines(text: &[u8], case: bool, amount: bool, space: bool) -> Vec<Line<'_>> {
    let lines = text.split_inclusive(|b| *b == b'\n');
    lines
        .map(|text| {
            let mut compared = text.to_vec();
            if case {
                compared.make_ascii_lowercase();
            }
            if space {
                compared.retain(|b| !b.is_ascii_whitespace());
            } else if amount {
                let words = compared.split(u8::is_ascii_whitespace);
                let words: Vec<&[u8]> = words.filter(|word| !word.is_empty()).collect();
                let indented = compared.first().is_some_and(u8::is_ascii_whitespace);
                let mut joined = if indented { b" ".to_vec() } else { Vec::new() };
                joined.extend(words.join(&b' '));
                compared = joined;
            }
            Line { text, compared }
        })
        .collect()
}

/// A stretch of lines: where it begins and ends in the one and in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    a: (usize, usize),
    b: (usize, usize),
}

/// What differs, with lines around it.
pub(super) fn hunks(
    a: &[Line<'_>],
    b: &[Line<'_>],
    common: &[(usize, usize)],
    context: usize,
    ignore_blank: bool,
) -> Vec<Vec<u8>> {
    let mut changes = Vec::new();
    let (mut x, mut y) = (0, 0);
    let end = std::iter::once((a.len(), b.len()));
    for (next_x, next_y) in common.iter().copied().chain(end) {
        if next_x > x || next_y > y {
            changes.push(Change {
                a: (x, next_x),
                b: (y, next_y),
            });
        }
        (x, y) = (next_x + 1, next_y + 1);
    }
    if ignore_blank {
        let blank = |lines: &[Line<'_>]| lines.iter().all(|l| l.text.trim_ascii().is_empty());
        changes.retain(|c| !(blank(&a[c.a.0..c.a.1]) && blank(&b[c.b.0..c.b.1])));
    }
    let mut shown = Vec::new();
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        // Changes whose context touches are one hunk.
        let count = 1 + rest
            .windows(2)
            .take_while(|pair| pair[1].a.0 - pair[0].a.1 <= 2 * context)
            .count();
        let (group, others) = rest.split_at(count);
        let last = group.last().unwrap_or(first);
        let lead = context.min(first.a.0).min(first.b.0);
        let trail = context.min(a.len() - last.a.1);
        let from = (first.a.0 - lead, first.b.0 - lead);
        let to = (last.a.1 + trail, last.b.1 + trail.min(b.len() - last.b.1));
        let mut text = format!(
            "@@ -{} +{} @@\n",
            range(from.0, to.0 - from.0),
            range(from.1, to.1 - from.1)
        )
        .into_bytes();
        let mut at = from.0;
        for change in group {
            put(&mut text, b' ', &a[at..change.a.0]);
            put(&mut text, b'-', &a[change.a.0..change.a.1]);
            put(&mut text, b'+', &b[change.b.0..change.b.1]);
            at = change.a.1;
        }
        put(&mut text, b' ', &a[at..to.0]);
        shown.push(text);
        rest = others;
    }
    shown
}

fn put(text: &mut Vec<u8>, mark: u8, lines: &[Line<'_>]) {
    for line in lines {
        text.push(mark);
        text.extend(line.text);
        if !line.text.ends_with(b"\n") {
            text.extend(b"\n\\ No newline at end of file\n");
        }
    }
}

/// `5,3`; a single line is `5`, none is the line before and 0.
fn range(from: usize, count: usize) -> String {
    match count {
        0 => format!("{from},0"),
        1 => format!("{}", from + 1),
        count => format!("{},{count}", from + 1),
    }
}
