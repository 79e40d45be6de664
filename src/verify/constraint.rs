//! Why go leaves a file out of a build, in a user's words.

/// The reason, for a file that `go list` ignores. `go_minor` is the installed
/// Go's minor version, where it is known.
pub(super) fn why_ignored(name: &str, source: &[u8], platform: &str, go_minor: Option<u16>) -> String {
    let header = header(source);
    let line = |prefix: &str| header.iter().find(|line| line.starts_with(prefix)).copied();
    if name.starts_with(['_', '.']) {
        return "go ignores files whose name starts with _ or .".into();
    }
    if let Some(build) = line("//go:build") {
        let asked = build.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let versions = asked.filter_map(|word| word.strip_prefix("go1.")?.parse::<u16>().ok());
        return match versions.max() {
            Some(minor) if go_minor.is_some_and(|have| minor > have) && !build.contains('!') => {
                format!("newer Go needed: {build}")
            }
            _ => format!("build tag off for {platform}: {build}"),
        };
    }
    if let Some(build) = line("// +build") {
        return format!("build tag off for {platform}: {build}");
    }
    if imports_c(source) {
        return "cgo without a C compiler (or CGO_ENABLED=0)".into();
    }
    let stem = name.strip_suffix(".go").unwrap_or(name);
    let stem = stem.strip_suffix("_test").unwrap_or(stem);
    match stem.split_once('_') {
        Some((_, suffix)) => format!("other GOOS or GOARCH: {platform} does not build *_{suffix}.go"),
        None => format!("go does not build this file for {platform}"),
    }
}

/// The comment lines before the package clause, trimmed.
fn header(source: &[u8]) -> Vec<&str> {
    let lines = source.split(|&byte| byte == b'\n').map(|line| line.trim_ascii());
    let lines = lines.take_while(|line| !line.starts_with(b"package"));
    lines.filter_map(|line| std::str::from_utf8(line).ok()).collect()
}

fn imports_c(source: &[u8]) -> bool {
    let lines = source.split(|&byte| byte == b'\n').map(|line| line.trim_ascii());
    lines.into_iter().any(|line| {
        let line = line.strip_prefix(b"import").unwrap_or(line).trim_ascii();
        line == b"\"C\""
    })
}

#[cfg(test)]
mod tests {
    use super::why_ignored;

    #[test]
    fn names_the_reason() {
        let why = |name, text: &str| why_ignored(name, text.as_bytes(), "linux/amd64", Some(26));
        assert!(why("a_windows.go", "package a\n").starts_with("other GOOS"));
        assert!(why("a.go", "//go:build foo\n\npackage a\n").contains("//go:build foo"));
        assert!(why("a.go", "//go:build go1.99\n\npackage a\n").starts_with("newer Go needed"));
        assert!(why("a.go", "//go:build !go1.99\n\npackage a\n").starts_with("build tag off"));
        assert!(why("a.go", "package a\n\nimport \"C\"\n").starts_with("cgo without"));
        assert!(why("_a.go", "package a\n").starts_with("go ignores"));
    }
}
