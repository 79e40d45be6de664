//! scratch
mod support;
use gomend::rewrite::Level;
use std::path::{Path, PathBuf};
fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
    if dir.is_file() {
        out.push(dir.to_owned());
        return;
    }
    let mut es: Vec<_> = std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    es.sort();
    for e in es {
        let n = e.file_name().unwrap().to_string_lossy().into_owned();
        if e.is_dir() && !e.is_symlink() {
            if n != ".git" {
                walk(&e, out)
            }
        } else if n.ends_with(".go") {
            out.push(e)
        }
    }
}
#[test]
fn run() {
    let root = PathBuf::from(std::env::var("WALK").unwrap());
    let rule = std::env::var("RULE").unwrap_or("time_after_in_loop".into());
    let level = if std::env::var("UNSAFE").is_ok() { Level::Unsafe } else { Level::Safe };
    let entries = support::entries(&rule);
    let mut files = Vec::new();
    walk(&root, &mut files);
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if !text.contains("After") {
            continue;
        }
        let file = std::sync::Arc::new(gomend::syntax::File::new(&path, text));
        for s in support::seen(&file, &entries) {
            let t = &s.examined.telling;
            println!(
                "SITE\t{}\t{}\t{}\t{}\t{}",
                path.strip_prefix(&root).unwrap_or(&path).display(),
                file.lines().line(t.span.start),
                s.examined.verdict.level().word(),
                s.examined.verdict.guard().unwrap_or("-"),
                s.examined.verdict.detail().unwrap_or("")
            );
        }
        let plan = support::planned(vec![file.clone()], &entries, level);
        for d in &plan.dropped {
            println!("DROPPED {} {}", path.display(), d.reason);
        }
        for (p, f) in &plan.files {
            if std::env::var("DIFF").is_ok() {
                let n = p.display().to_string();
                println!(
                    "{}",
                    String::from_utf8_lossy(&gomend::text::diff::unified(
                        &n,
                        &n,
                        f.before.as_bytes(),
                        f.after.as_bytes(),
                        3
                    ))
                );
            }
            if let Ok(o) = std::env::var("OUT") {
                let q = PathBuf::from(o).join(p.strip_prefix(&root).unwrap_or(p));
                std::fs::create_dir_all(q.parent().unwrap()).unwrap();
                std::fs::write(q, &f.after).unwrap();
            }
        }
    }
}
