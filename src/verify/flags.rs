//! `GOFLAGS`: read, made harmless, written back.

use std::path::PathBuf;

/// The user's `GOFLAGS` as our calls may use them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct GoFlags {
    /// The value to pass on.
    pub(super) text: String,
    /// The overlay that it named; go takes only one, so it is merged into ours.
    pub(super) overlay: Option<PathBuf>,
    /// It holds only flags that name no file or program of their own, so that
    /// what go says depends on nothing beside the sources.
    pub(super) plain: bool,
    /// Build tags that it sets; `-tags` on a command line replaces them.
    pub(super) tags: Vec<String>,
}

/// Flags that change what go does and name no file or program for it.
const PLAIN: &[&str] = &[
    "asan",
    "asmflags",
    "buildmode",
    "buildvcs",
    "count",
    "gcflags",
    "ldflags",
    "linkshared",
    "mod",
    "msan",
    "p",
    "parallel",
    "race",
    "run",
    "short",
    "shuffle",
    "skip",
    "tags",
    "timeout",
    "trimpath",
    "vet",
];

impl GoFlags {
    /// Drops what would change files (`-mod=mod`), print more than the answer
    /// (`-x`, `-v`, `-json`), write files (`-o`, `-coverprofile`) or rebuild the
    /// world (`-a`).
    ///
    /// Whether `-mod=vendor` holds is left to go itself: it decides by go.mod,
    /// go.work and `vendor/modules.txt`, and its default is `readonly`.
    pub(super) fn read(value: &str) -> Self {
        let mut flags = GoFlags { plain: true, ..GoFlags::default() };
        let mut kept: Vec<String> = Vec::new();
        for field in fields(value) {
            // go accepts one dash and two.
            let bare = field.strip_prefix("--").or_else(|| field.strip_prefix('-')).unwrap_or(&field);
            let (name, setting) = bare.split_once('=').unwrap_or((bare, ""));
            let name = name.strip_prefix("test.").unwrap_or(name);
            match name {
                "overlay" => flags.overlay = (!setting.is_empty()).then(|| PathBuf::from(setting)),
                "mod" if setting == "mod" => kept.push("-mod=readonly".into()),
                "x" | "v" | "n" | "a" | "json" | "o" | "modcacherw" => {}
                // What `go test` would write beside the sources.
                "c" | "artifacts" | "outputdir" | "fuzz" | "trace" | "coverprofile" => {}
                "blockprofile" | "cpuprofile" | "memprofile" | "mutexprofile" => {}
                _ => {
                    flags.plain &= PLAIN.contains(&name);
                    if name == "tags" {
                        let tags = setting.split([',', ' ']).filter(|tag| !tag.is_empty());
                        flags.tags = tags.map(str::to_owned).collect();
                    }
                    kept.push(field);
                }
            }
        }
        let quoted: Vec<String> = kept.iter().map(|field| quote(field)).collect();
        flags.text = quoted.join(" ");
        flags
    }
}

/// Splits like go: blanks separate, a field may stand in `'` or `"`, and
/// nothing is escaped.
fn fields(value: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = value.trim_start();
    while let Some(first) = rest.chars().next() {
        let (field, tail) = match first {
            '\'' | '"' => rest[1..].split_once(first).unwrap_or((&rest[1..], "")),
            _ => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        fields.push(field.to_owned());
        rest = tail.trim_start();
    }
    fields
}

fn quote(field: &str) -> String {
    let plain = !field.contains(char::is_whitespace) && !field.starts_with(['\'', '"']);
    match (plain, field.contains('\'')) {
        (true, _) => field.to_owned(),
        (false, false) => format!("'{field}'"),
        (false, true) => format!("\"{field}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::GoFlags;

    #[test]
    fn keeps_what_is_harmless_and_remembers_what_it_takes() {
        let flags = GoFlags::read(
            "-mod=mod '-ldflags=-s -w' -x --overlay=/o.json -tags=a,b -trimpath -coverprofile=c.out -test.cpuprofile=x",
        );
        assert_eq!(flags.text, "-mod=readonly '-ldflags=-s -w' -tags=a,b -trimpath");
        assert_eq!(flags.overlay.as_deref(), Some("/o.json".as_ref()));
        assert_eq!(flags.tags, ["a", "b"]);
        assert!(flags.plain);
        assert!(!GoFlags::read("-short -toolexec=x").plain);
    }

    #[test]
    fn leaves_the_choice_of_vendor_alone() {
        assert_eq!(GoFlags::read("-mod=vendor").text, "-mod=vendor");
        assert_eq!(GoFlags::read("  ").text, "");
    }
}
