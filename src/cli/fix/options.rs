//! What the options of `fix` say together.

use crate::cli::args::FixArgs;
use crate::cli::export::Destination;
use crate::rewrite::Applicability;

/// Whether the fixes go into the files.
pub(super) fn writes(args: &FixArgs) -> bool {
    !args.diff && !args.list && destination(args).is_none()
}

/// Where the fixes go, when it is not into the files.
pub(super) fn destination(args: &FixArgs) -> Option<Destination<'_>> {
    Destination::of(args.plan_out.as_deref(), &args.export)
}

pub(super) fn least(args: &FixArgs) -> Applicability {
    if args.r#unsafe { Applicability::Unsafe } else { Applicability::Safe }
}
