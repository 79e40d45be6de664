//! A real editor. Skipped with a message where neovim is not there.

use super::client::service;
use std::path::Path;
use std::process::Command;

#[test]
fn neovim_shows_findings_and_applies_fixes() {
    if Command::new("nvim").arg("--version").output().is_err() {
        eprintln!("skipped: there is no nvim on PATH (Debian: apt-get install neovim)");
        return;
    }
    let (dir, root) = service();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lsp/neovim.lua");
    let output = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c"])
        .arg(format!("luafile {}", script.display()))
        .env("GOMEND", env!("CARGO_BIN_EXE_gomend"))
        .env("GOMEND_ROOT", &root)
        .env("GOMEND_FILE", root.join("main.go"))
        .env("XDG_STATE_HOME", dir.path().join("state"))
        .env("XDG_DATA_HOME", dir.path().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.ends_with("done\n"), "{said}");
    assert!(said.contains("+\ttimer := time.NewTimer(time.Minute)"), "{said}");
    let saved = std::fs::read_to_string(root.join("main.go")).unwrap();
    assert!(saved.starts_with("// not saved") && !saved.contains("runtime.Gosched()"), "{saved}");
}
