//! What a run tells, one file per output format.
//!
//! Nothing here decides anything: findings, skips and failures come in, bytes
//! go out to the writer that the caller hands over.

pub(crate) mod columns;
mod counts;
mod input;
pub(crate) mod render;
mod run;
mod source;
mod statistics;
mod xml;

pub mod audit;
pub mod checkstyle;
pub mod concise;
pub mod counted;
pub mod diff;
pub mod escape;
pub mod explain;
pub mod github;
pub mod gitlab;
pub mod guards;
pub mod html;
pub mod html_input;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod markdown_summary;
mod markdown_text;
pub mod merge;
pub mod overview;
pub mod progress;
pub mod rdjson;
pub mod rules;
pub mod sarif;
mod serialized;

pub use counts::Counts;
pub use escape::{EscapeForm, Escaped};
pub use input::{ReportInput, ReportNotes, Writer};
pub use render::{RenderOptions, shown};
pub use run::{Part, Report, ShowOptions};
pub use source::{SourceText, SourceTexts};
pub use statistics::{Statistics, StatisticsRow};
