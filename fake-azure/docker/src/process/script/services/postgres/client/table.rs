//! Answers as `psql` shows them.

/// How the values of a row stand beside each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Layout {
    Aligned,
    Unaligned,
    Csv,
}

/// How answers are shown.
#[derive(Clone, Debug)]
pub(super) struct Style {
    pub(super) rows_only: bool,
    pub(super) layout: Layout,
    pub(super) expanded: bool,
    pub(super) separator: String,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            rows_only: false,
            layout: Layout::Aligned,
            expanded: false,
            separator: "|".to_owned(),
        }
    }
}

/// A column's name, and whether its values are numbers.
pub(super) type Title = (String, bool);

/// What stands around rows: words above them, and lines below them instead of their number.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) title: String,
    pub(super) below: Option<Vec<String>>,
}

impl Style {
    /// Shows rows.
    pub(super) fn show(&self, titles: &[Title], rows: &[Vec<Option<String>>]) -> String {
        self.show_in(titles, rows, &Frame::default())
    }

    /// Shows rows with what stands around them.
    pub(super) fn show_in(
        &self,
        titles: &[Title],
        rows: &[Vec<Option<String>>],
        frame: &Frame,
    ) -> String {
        if self.expanded {
            return expanded(titles, rows);
        }
        match self.layout {
            Layout::Aligned => self.aligned(titles, rows, frame),
            Layout::Unaligned | Layout::Csv => self.plain(titles, rows),
        }
    }

    fn plain(&self, titles: &[Title], rows: &[Vec<Option<String>>]) -> String {
        let mut text = String::new();
        let csv = self.layout == Layout::Csv;
        let field = |value: &str| {
            let quoted = csv && value.contains([',', '"', '\n']);
            if quoted {
                format!("\"{}\"", value.replace('"', "\"\""))
            } else {
                value.to_owned()
            }
        };
        if !self.rows_only {
            let names: Vec<String> = titles.iter().map(|(name, _)| field(name)).collect();
            text.extend([names.join(&self.separator).as_str(), "\n"]);
        }
        for row in rows {
            let values: Vec<String> = row
                .iter()
                .map(|value| field(value.as_deref().unwrap_or_default()))
                .collect();
            text.extend([values.join(&self.separator).as_str(), "\n"]);
        }
        if !self.rows_only && !csv {
            text.push_str(&footer(rows.len()));
        }
        text
    }

    fn aligned(&self, titles: &[Title], rows: &[Vec<Option<String>>], frame: &Frame) -> String {
        let width = |text: &str| {
            let lines = text.split('\n').map(|line| line.chars().count());
            lines.max().unwrap_or_default()
        };
        let value =
            |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let mut widths: Vec<usize> = titles.iter().map(|(name, _)| width(name)).collect();
        if self.rows_only {
            widths.fill(0);
        }
        for row in rows {
            for (at, known) in widths.iter_mut().enumerate() {
                *known = (*known).max(width(&value(row, at)));
            }
        }
        let mut text = String::new();
        let last = titles.len().saturating_sub(1);
        if !self.rows_only && !frame.title.is_empty() {
            let total = widths.iter().sum::<usize>() + (titles.len() * 3).saturating_sub(1);
            let before = total.saturating_sub(width(&frame.title)) / 2;
            text.extend([" ".repeat(before).as_str(), &frame.title, "\n"]);
        }
        if !self.rows_only {
            let names = titles.iter().zip(&widths).map(|((name, _), room)| {
                let left = (room - width(name)) / 2;
                let right = room - width(name) - left;
                format!(" {}{name}{} ", " ".repeat(left), " ".repeat(right))
            });
            text.extend([names.collect::<Vec<_>>().join("|").as_str(), "\n"]);
            let lines = widths.iter().map(|room| "-".repeat(room + 2));
            text.extend([lines.collect::<Vec<_>>().join("+").as_str(), "\n"]);
        }
        for row in rows {
            let values: Vec<String> = (0..titles.len()).map(|at| value(row, at)).collect();
            let lines = values.iter().map(|value| value.split('\n').count()).max();
            for line in 0..lines.unwrap_or(1) {
                let cells = titles.iter().zip(&widths).enumerate();
                let cells = cells.map(|(at, ((_, number), room))| {
                    let mut rest = values[at].split('\n').skip(line);
                    let value = rest.next().unwrap_or_default();
                    let goes_on = rest.next().is_some();
                    let gap = " ".repeat(room - width(value));
                    match (number, at == last) {
                        _ if goes_on => format!(" {value}{gap}+"),
                        (true, true) => format!(" {gap}{value}"),
                        (true, false) => format!(" {gap}{value} "),
                        (false, true) => format!(" {value}"),
                        (false, false) => format!(" {value}{gap} "),
                    }
                });
                text.extend([cells.collect::<Vec<_>>().join("|").as_str(), "\n"]);
            }
        }
        match &frame.below {
            _ if self.rows_only => {}
            None => text.push_str(&footer(rows.len())),
            Some(lines) => lines.iter().for_each(|line| text.extend([line, "\n"])),
        }
        text.push('\n');
        text
    }
}

fn footer(rows: usize) -> String {
    format!("({rows} row{})\n", if rows == 1 { "" } else { "s" })
}

fn expanded(titles: &[Title], rows: &[Vec<Option<String>>]) -> String {
    let room = titles
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        text.extend([format!("-[ RECORD {} ]\n", number + 1)]);
        for ((name, _), value) in titles.iter().zip(row) {
            let value = value.as_deref().unwrap_or_default();
            text.extend([format!("{name:<room$} | {value}\n")]);
        }
    }
    if rows.is_empty() {
        text.push_str("(0 rows)\n");
    }
    text.push('\n');
    text
}
