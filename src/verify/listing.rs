//! The JSON of `go list`.

use serde::Deserialize;

/// The fields that [`ListedPackage`] reads, for `-json=`.
pub(super) const FIELDS: &str = "-json=ImportPath,Dir,Name,ForTest,Standard,DepOnly,GoFiles,CgoFiles,\
                                 IgnoredGoFiles,InvalidGoFiles,TestGoFiles,XTestGoFiles,Imports,Error,\
                                 DepsErrors,Export";

/// One package, or one of its test variants, as go describes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListedPackage {
    /// With the variant in brackets: `p [p.test]`.
    pub(super) import_path: String,
    pub(super) dir: String,
    pub(super) name: String,
    pub(super) for_test: String,
    pub(super) standard: bool,
    pub(super) dep_only: bool,
    pub(super) go_files: Vec<String>,
    pub(super) cgo_files: Vec<String>,
    pub(super) ignored_go_files: Vec<String>,
    pub(super) invalid_go_files: Vec<String>,
    pub(super) test_go_files: Vec<String>,
    #[serde(rename = "XTestGoFiles")]
    pub(super) x_test_go_files: Vec<String>,
    pub(super) imports: Vec<String>,
    pub(super) error: Option<PackageError>,
    pub(super) deps_errors: Vec<PackageError>,
    pub(super) export: String,
}

/// An error of loading (with a position) or of building (a `# package`
/// heading and the compiler's lines).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct PackageError {
    pub(super) pos: String,
    pub(super) err: String,
}

impl PackageError {
    /// One line: the position and the first line of the words.
    pub(super) fn line(&self) -> String {
        let said = self.err.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("# "));
        let said = said.unwrap_or("no reason given").trim_end_matches("; to add it:");
        if self.pos.is_empty() { said.to_owned() } else { format!("{}: {said}", self.pos) }
    }
}

impl ListedPackage {
    /// Whether this is `p` itself, no variant made for a test.
    pub(super) fn is_plain(&self) -> bool {
        self.for_test.is_empty() && !(self.name == "main" && self.import_path.ends_with(".test"))
    }

    /// Whether there is nothing to compile: a package with only test files.
    pub(super) fn is_empty(&self) -> bool {
        self.error.is_none() && self.go_files.is_empty() && self.cgo_files.is_empty()
    }
}

/// Reads what `go list -json` prints: objects, one after the other.
pub(super) fn read(stdout: &[u8]) -> Result<Vec<ListedPackage>, serde_json::Error> {
    serde_json::Deserializer::from_slice(stdout).into_iter().collect()
}

/// Whether this go can be asked for some fields only (from Go 1.19).
pub(super) fn json_flag(go: Option<crate::model::GoVersion>) -> &'static str {
    match go {
        Some(version) if version < crate::model::GoVersion(1, 19) => "-json",
        _ => FIELDS,
    }
}
