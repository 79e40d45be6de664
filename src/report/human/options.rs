//! What a reader asked to see.

use crate::report::{RenderOptions, ShowOptions};

/// What the reader asked to see, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HumanOptions {
    /// Colour and width.
    pub render: RenderOptions,
    /// What is listed beside the findings.
    pub show: ShowOptions,
}
