//! `gomend.toml`: where it is found, what it may say, and what that means for
//! each file.
//!
//! ```toml
//! root = true                    # no gomend.toml further up counts
//! extend = "../shared.toml"      # read first, as if its lines stood here
//! required-version = ">=0.1"
//! select = ["all"]               # rules and groups; opt-in rules by name or `all`
//! extend-select = ["gosched"]
//! ignore = ["manual-gc"]
//! promote = ["num-cpu-for-parallelism"]  # its unsafe fixes count as safe
//! demote = ["time-after-in-loop"]        # and back
//! exclude = ["*_mock.go", "/gen/"]       # as in a .gitignore beside this file
//! go = "1.22"                    # where no go.mod says
//! verify = "vet"
//!
//! [[override]]
//! paths = ["cmd/**"]
//! ignore = ["tuning-in-library"]
//!
//! [rules.time-after-in-loop]     # the options of one rule, which its page describes
//! seldom = "keep"
//! ```
//!
//! Each file goes by the nearest `gomend.toml` upward. What that one leaves
//! unsaid, those further up say, until one has `root = true`: the outermost is
//! applied first, then its overrides, then the next one inward, and the command
//! line at the end. `select` replaces what came before; `extend-select`,
//! `ignore`, `promote`, `demote` and `exclude` add to it; of `go`, `verify` and
//! each option the last one counts. A file inside of the repository, or named by one, may
//! ask for `verify = "vet"` at most. In one place `ignore` wins over the two
//! selects, and `demote` over `promote`.

mod cascade;
mod command_line;
mod file;
mod globs;
mod template;

pub use cascade::{NAME, Settings};
pub use command_line::{CommandLine, CommandLineError};
pub use file::{ConfigError, VERIFY};
pub use template::{COMMENTED, schema};
