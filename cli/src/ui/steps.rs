//! One line for each of the eight steps: live while it goes on, with its time
//! when it is done.

use std::collections::BTreeMap;
use std::time::Duration;

use console::Style;
use indicatif::{ProgressBar, ProgressStyle};
use toolmill_core::{Step, StepEvent, StepState};

use super::note;

/// Follows a pipeline on stderr, and keeps the seconds of each step.
pub struct StepLines {
    quiet: bool,
    live: Option<ProgressBar>,
    seconds: BTreeMap<Step, f64>,
}

impl StepLines {
    /// A quiet one shows nothing (`--json`).
    pub fn new(quiet: bool) -> Self {
        Self {
            quiet,
            live: None,
            seconds: BTreeMap::new(),
        }
    }

    pub fn take(&mut self, event: &StepEvent) {
        match &event.state {
            StepState::Started => self.start(event.step),
            StepState::Progress { message } => {
                if let Some(bar) = &self.live {
                    bar.set_message(message.clone());
                }
            }
            StepState::Finished {
                milliseconds,
                message,
            } => {
                self.finish(event.step, Duration::from_millis(*milliseconds), message);
            }
            StepState::Failed { .. } => self.fail(event.step),
        }
    }

    /// Seconds of each finished step, by name.
    pub fn seconds(&self) -> serde_json::Map<String, serde_json::Value> {
        let rounded = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        let entries = self.seconds.iter();
        entries
            .map(|(step, seconds)| (step.to_string(), rounded(*seconds).into()))
            .collect()
    }

    fn start(&mut self, step: Step) {
        if self.quiet {
            return;
        }
        let template = "{spinner:.cyan} {prefix:9} {elapsed:>6}  {wide_msg}";
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner()
            .with_style(style)
            .with_prefix(step.as_str());
        bar.enable_steady_tick(Duration::from_millis(100));
        self.live = Some(bar);
    }

    fn finish(&mut self, step: Step, took: Duration, message: &str) {
        self.clear();
        self.seconds.insert(step, took.as_secs_f64());
        if !self.quiet {
            let mark = Style::new().green().for_stderr().apply_to("✓");
            note(format!("{mark} {step:9} {:>7}  {message}", short(took)));
        }
    }

    fn fail(&mut self, step: Step) {
        self.clear();
        if !self.quiet {
            let mark = Style::new().red().for_stderr().apply_to("✗");
            note(format!("{mark} {step}"));
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.live.take() {
            bar.finish_and_clear();
        }
    }
}

/// `12 ms`, `3.4 s`, `2 min 5 s`.
fn short(took: Duration) -> String {
    match took.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms @ 1000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        ms => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}
