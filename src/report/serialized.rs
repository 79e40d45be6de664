//! Values as JSON.

use serde::Serialize;
use std::io::{self, BufWriter, Write};

/// Writes any value as one JSON document with a line end.
pub(super) fn json(out: &mut dyn Write, value: &impl Serialize, pretty: bool) -> io::Result<()> {
    // serde_json writes each bracket by itself.
    let mut out = BufWriter::new(out);
    if pretty {
        serde_json::to_writer_pretty(&mut out, value)?;
    } else {
        serde_json::to_writer(&mut out, value)?;
    }
    out.write_all(b"\n")?;
    out.flush()
}
