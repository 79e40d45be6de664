//! Devices, pipes and links to them are named and left as they are, wherever a
//! path can be given: nothing renames over them or writes through them.

use crate::ground::Ground;
use std::fs;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::process::Command;

const GO: &str = "package p\n\nimport \"time\"\n\nfunc f(d time.Duration) { <-time.After(d) }\n";

fn is_null_device() -> bool {
    fs::symlink_metadata("/dev/null").is_ok_and(|meta| meta.file_type().is_char_device())
}

#[test]
fn a_device_is_neither_replaced_nor_written() {
    assert!(is_null_device(), "/dev/null is not a device even before the test; restore it");
    let ground = Ground::new(&[("a.go", GO)]);
    let status = Command::new("mkfifo").arg(ground.path("pipe.go")).status().unwrap();
    assert!(status.success());
    symlink("/dev/null", ground.path("null.go")).unwrap();
    for verb in [&["fix", "--verify", "none"][..], &["fix", "--diff", "--verify", "none"], &["check"]] {
        for path in [&["/dev/null"][..], &["null.go"], &["pipe.go"], &["--files-from", "/dev/null"]] {
            let ran = ground.run(&[verb, path].concat());
            assert!(!ran.out.contains("a.go"), "{verb:?} {path:?}: {}", ran.out);
            assert!(is_null_device(), "{verb:?} {path:?}");
        }
    }
    let ran = ground.run(&["fix", "--verify", "none", "/dev/null", "null.go", "pipe.go", "a.go"]);
    assert!(ground.text("a.go").contains("time.Sleep(d)"), "{}\n{}", ran.out, ran.err);
    assert!(is_null_device());
    assert!(fs::symlink_metadata(ground.path("pipe.go")).unwrap().file_type().is_fifo());
    assert!(fs::symlink_metadata(ground.path("null.go")).unwrap().is_symlink());
}
