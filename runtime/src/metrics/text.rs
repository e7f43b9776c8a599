//! The text format of Prometheus.

use std::fmt::Write;

use super::{BOUNDS_US, HistogramCounts};

/// The type of a family of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Times by bucket.
    Histogram,
}

/// Samples as text, family by family.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
    family: &'static str,
}

impl Exposition {
    /// Begins a family; what is added next belongs to it.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.family = name;
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// Adds a number.
    #[expect(clippy::cast_precision_loss, reason = "Prometheus reads every sample as a float")]
    pub fn count(&mut self, labels: &[(&str, &str)], value: u64) {
        self.number(labels, value as f64);
    }

    /// Adds a number that may have a fraction.
    pub fn number(&mut self, labels: &[(&str, &str)], value: f64) {
        self.sample("", labels, None, value);
    }

    /// Adds a histogram, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "Prometheus reads every sample as a float")]
    pub fn histogram(&mut self, labels: &[(&str, &str)], counts: &HistogramCounts) {
        let mut below = 0;
        for (count, bound) in counts.buckets.iter().zip(BOUNDS_US) {
            below += count;
            self.sample("_bucket", labels, Some(&(bound / 1e6).to_string()), below as f64);
        }
        let all = counts.count() as f64;
        self.sample("_bucket", labels, Some("+Inf"), all);
        self.sample("_sum", labels, None, counts.sum_ns as f64 / 1e9);
        self.sample("_count", labels, None, all);
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], le: Option<&str>, value: f64) {
        self.text.push_str(self.family);
        self.text.push_str(suffix);
        let mut open = '{';
        for (name, value) in labels.iter().copied().chain(le.map(|it| ("le", it))) {
            self.text.push(open);
            open = ',';
            let _ = write!(self.text, "{name}=\"");
            for char in value.chars() {
                match char {
                    '\\' => self.text.push_str("\\\\"),
                    '"' => self.text.push_str("\\\""),
                    '\n' => self.text.push_str("\\n"),
                    other => self.text.push(other),
                }
            }
            self.text.push('"');
        }
        if open == ',' {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }

    /// The text.
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Histogram;

    #[test]
    fn families_are_written_as_prometheus_reads_them() {
        let mut text = Exposition::default();
        text.family("x_total", Kind::Counter, "things");
        text.count(&[], 3);
        text.count(&[("rule", "a\"b\\c\nd"), ("hook", "h")], 1);
        let histogram = Histogram::default();
        histogram.add(2.0);
        histogram.add(1e9);
        text.family("x_seconds", Kind::Histogram, "times");
        text.histogram(&[("hook", "h")], &histogram.counts());
        insta::assert_snapshot!(text.finish());
    }
}
