//! Which files of a package are built together.

use super::module::conditions;
use crate::syntax::File;

/// Whether every build that has `here` has `there` too, as far as their names and
/// constraints tell: what `there` asks, `here` asks in the same words.
pub fn comes_with(there: &File, here: &File) -> bool {
    if there.path() == here.path() {
        return true;
    }
    let stem = |file: &File| {
        file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let (there_stem, here_stem) = (stem(there), stem(here));
    let asked = conditions(&here_stem, here.text());
    conditions(&there_stem, there.text()).iter().all(|condition| asked.contains(condition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_with_one_that_asks_for_no_less() {
        let plain = File::new("p/a.go", "package p\n");
        let other = File::new("p/b.go", "package p\n");
        let windows = File::new("p/a_windows.go", "package p\n");
        let test = File::new("p/a_test.go", "package p\n");
        let tagged = File::new("p/c_windows.go", "//go:build debug\n\npackage p\n");
        for (there, here, comes) in [
            (&plain, &other, true),
            (&plain, &windows, true),
            (&windows, &plain, false),
            (&test, &plain, false),
            (&plain, &test, true),
            (&windows, &tagged, true),
            (&tagged, &windows, false),
            (&tagged, &tagged, true),
        ] {
            assert_eq!(comes_with(there, here), comes, "{:?} with {:?}", there.path(), here.path());
        }
    }
}
