//! A terminal that is as it was when the program panics.

use std::sync::Once;

/// Has `restore` run before what a panic does, once for the whole process.
pub(super) fn before_panics(restore: fn()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
    });
}
