//! Paths of files to URIs and back.

use gen_lsp_types::Uri;
use std::path::{Path, PathBuf};
use url::Url;

/// The file that `uri` names, with the links of its directory resolved; nothing for what is
/// no file.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    let url = Url::parse(&uri.0).ok().filter(|url| url.scheme() == "file")?;
    Some(real(&url.to_file_path().ok()?))
}

/// The URI of the file at `path`, which is absolute.
pub fn uri_of(path: &Path) -> Uri {
    Uri(Url::from_file_path(path).map_or_else(|()| String::from("file:///"), String::from))
}

/// `path` with the links of its directory resolved, where that exists.
pub fn real(path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => {
            dunce::canonicalize(parent).map_or_else(|_| path.to_owned(), |parent| parent.join(name))
        }
        _ => path.to_owned(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn uris_name_files_and_back() {
        let path = Path::new("/a dir/\u{e9}#?%.go");
        let uri = uri_of(path);
        assert_eq!(uri.0, "file:///a%20dir/%C3%A9%23%3F%25.go");
        assert_eq!(path_of(&uri).as_deref(), Some(path));
        assert_eq!(path_of(&Uri::from("file:///a/../b.go")).as_deref(), Some(Path::new("/b.go")));
        for other in ["untitled:Untitled-1", "git:/a/b.go?x", "http://x/a.go", "", "\0", "file://host/a.go"] {
            assert_eq!(path_of(&Uri::from(other)), None, "{other}");
        }
    }
}
