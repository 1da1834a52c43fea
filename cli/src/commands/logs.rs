//! `toolmill logs API [--follow]`.

use std::time::Duration;

use toolmill_core::LogLine;

use super::Context;
use crate::args::Logs;
use crate::failure::Result;
use crate::ui;

pub async fn logs(context: &Context, args: &Logs) -> Result<()> {
    let instance = context.instance().await?;
    let mut seen = instance.logs(&args.api, args.tail).await?;
    print(context, &seen);
    if !args.follow {
        return Ok(());
    }
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return Ok(()),
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
        let now = instance.logs(&args.api, args.tail.max(1000)).await?;
        print(context, &now[overlap(&seen, &now)..]);
        seen = now;
    }
}

fn print(context: &Context, lines: &[LogLine]) {
    for line in lines {
        if context.json {
            ui::json(line);
        } else {
            ui::say(&line.text);
        }
    }
}

/// How many lines at the beginning of `now` were seen before: the longest end
/// of `seen` that `now` begins with, wherever in `now` it stands.
fn overlap(seen: &[LogLine], now: &[LogLine]) -> usize {
    if seen.is_empty() {
        return 0;
    }
    (1..=now.len())
        .rev()
        .find(|&end| {
            let start = end.saturating_sub(seen.len());
            now[start..end] == seen[seen.len() - (end - start)..]
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<LogLine> {
        text.chars()
            .map(|line| LogLine {
                text: line.to_string(),
            })
            .collect()
    }

    #[test]
    fn only_new_lines_are_printed() {
        for (seen, now, new) in [
            ("", "abc", "abc"),
            ("abc", "abc", ""),
            ("abc", "abcd", "d"),
            ("abc", "cde", "de"),
            ("bc", "abcd", "d"),
            ("abc", "xyz", "xyz"),
        ] {
            let now = lines(now);
            assert_eq!(now[overlap(&lines(seen), &now)..], lines(new)[..], "{seen}");
        }
    }
}
