//! Go that the grammar of tree-sitter does not know, and broken Go beside
//! sound Go.

use gomend::syntax::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

fn go_files(dir: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            go_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            found.push(path);
        }
    }
}

#[test]
fn probe() {
    let mut files = Vec::new();
    for dir in std::env::var("DIRS").unwrap().split(' ') {
        go_files(Path::new(dir), &mut files);
    }
    let queue = Mutex::new(files);
    let next = || queue.lock().unwrap().pop();
    let work = || {
        while let Some(path) = next() {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let file = File::new(&path, text);
            let bad: Vec<_> = (0..file.outline().decls.len()).filter_map(|i| file.syntax_error(i)).collect();
            if bad.is_empty() && file.outline().broken.is_empty() { continue }
            let out = Command::new("gofmt").arg("-e").arg(&path).output().unwrap();
            if out.status.success() {
                for span in bad.iter().chain(&file.outline().broken) {
                    println!("{}:{}: {:?}", path.display(), file.lines().line(span.start), &file.text()[span.start..span.end.min(span.start + 60)]);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
}
