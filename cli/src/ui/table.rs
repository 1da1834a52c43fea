//! Columns as wide as what is in them.

use console::{Style, measure_text_width};

use super::say;

pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<const N: usize>(head: [&'static str; N]) -> Self {
        Self {
            head: head.to_vec(),
            rows: Vec::new(),
        }
    }

    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// Prints it; `nothing` where it has no row.
    pub fn print(&self, nothing: &str) {
        if self.rows.is_empty() {
            say(nothing);
            return;
        }
        let widths: Vec<usize> = (0..self.head.len())
            .map(|column| {
                let cells = self.rows.iter().map(|row| measure_text_width(&row[column]));
                cells.chain([self.head[column].len()]).max().unwrap_or(0)
            })
            .collect();
        let head: Vec<String> = self.head.iter().map(ToString::to_string).collect();
        say(Style::new()
            .bold()
            .apply_to(line(&head, &widths))
            .to_string());
        for row in &self.rows {
            say(line(row, &widths));
        }
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        let fill = width.saturating_sub(measure_text_width(cell));
        format!("{cell}{:fill$}", "")
    });
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}
