//! A person at a terminal: keys go in, a screen comes out.

use super::svg;
use crate::ground::Ground;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longer than any answer takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(240);
/// More rows than a screen has, so that nothing scrolls out of sight.
const ROWS: u16 = 300;

/// Two sleeps in one function, and one more in another file.
pub const TWO: &str = "package m\n\nimport \"time\"\n\n// Twice waits.\nfunc Twice(d time.Duration, names []string) {\n\tfor range names {\n\t\tprintln(1)\n\t\tprintln(2)\n\t\tprintln(3)\n\t\tprintln(4)\n\t\t<-time.After(d)\n\t\t<-time.After(2 * d)\n\t}\n}\n";

pub struct Seat {
    child: Mutex<Box<dyn Child + Send + Sync>>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Mutex<Option<Box<dyn Write + Send>>>,
    screen: Arc<Mutex<(vt100::Parser, Vec<u8>)>>,
}

impl Seat {
    /// Runs gomend with `args` in the tree of `ground`, 80 columns wide.
    pub fn take(ground: &Ground, args: &[&str]) -> Seat {
        Seat::wide(ground, args, 80, &[])
    }

    /// Runs gomend on `columns`, with these variables.
    pub fn wide(ground: &Ground, args: &[&str], columns: u16, vars: &[(&str, &str)]) -> Seat {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gomend"));
        command.args(args);
        Seat::run(ground, command, columns, vars)
    }

    /// Runs gomend on a screen of 80 columns and so many `rows`, with these variables.
    pub fn low(ground: &Ground, args: &[&str], rows: u16, vars: &[(&str, &str)]) -> Seat {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gomend"));
        command.args(args);
        Seat::sized(ground, command, (80, rows), vars)
    }

    pub fn run(ground: &Ground, command: CommandBuilder, columns: u16, vars: &[(&str, &str)]) -> Seat {
        Seat::sized(ground, command, (columns, ROWS), vars)
    }

    fn sized(
        ground: &Ground,
        mut command: CommandBuilder,
        (columns, rows): (u16, u16),
        vars: &[(&str, &str)],
    ) -> Seat {
        command.cwd(ground.dir());
        for inherited in ["NO_COLOR", "COLUMNS", "LINES", "GOWORK", "GOFLAGS", "VISUAL", "EDITOR"] {
            command.env_remove(inherited);
        }
        for inherited in ["GOMEND_PAGER", "PAGER", "LESS", "LESSOPEN", "LV"] {
            command.env_remove(inherited);
        }
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", ground.state());
        command.env("XDG_CACHE_HOME", ground.state().join("cache"));
        command.env("GIT_CONFIG_GLOBAL", ground.state().join("gitconfig"));
        for (name, value) in vars {
            command.env(name, value);
        }
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new((vt100::Parser::new(many(rows), many(columns), 0), Vec::new())));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let seen = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let mut seen = seen.lock().unwrap();
                seen.0.process(&buffer[..read]);
                seen.1.extend_from_slice(&buffer[..read]);
            }
        });
        Seat { child: Mutex::new(child), master: Some(pair.master), writer: Mutex::new(Some(writer)), screen }
    }

    /// What the screen shows, blanks at line ends taken off.
    pub fn screen(&self) -> String {
        let seen = self.screen.lock().unwrap();
        let contents = seen.0.screen().contents();
        contents.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    /// The screen as an image, below the line of the `command`.
    pub fn image(&self, command: &str) -> String {
        svg::image(self.screen.lock().unwrap().0.screen(), command)
    }

    /// All bytes that were written.
    pub fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap().1).into_owned()
    }

    /// Rows that the terminal itself had to break.
    pub fn broken(&self) -> Vec<u16> {
        let seen = self.screen.lock().unwrap();
        (0..ROWS).filter(|row| seen.0.screen().row_wrapped(*row)).collect()
    }

    /// Waits until what was written ends in the prompt of the fix with this
    /// number, `2/5`; `end` is the prompt behind the last one.
    #[track_caller]
    pub fn at(&self, number: &str) -> &Seat {
        let wanted = if number == "end" { "Prove and write".to_owned() } else { format!("({number}") };
        self.until(&wanted, |screen| {
            let prompts = ["Take th", "Prove and write", "Finish ["];
            let last = prompts.iter().filter_map(|prompt| screen.rfind(prompt)).max();
            let line = last.map(|at| screen[..at].rfind('\n').map_or(0, |end| end + 1));
            let waits = screen.trim_end().ends_with("]?");
            waits && line.is_some_and(|line| screen[line..].starts_with(&wanted))
        })
    }

    /// Waits until the screen shows `text`, however it is broken into lines.
    #[track_caller]
    pub fn sees(&self, text: &str) -> &Seat {
        let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.until(text, |screen| flat(screen).contains(&flat(text)))
    }

    #[track_caller]
    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> &Seat {
        let began = Instant::now();
        while !holds(&self.screen()) {
            assert!(began.elapsed() < PATIENCE, "{what:?} does not come:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
        self
    }

    /// Types.
    pub fn press(&self, keys: &str) -> &Seat {
        let mut writer = self.writer.lock().unwrap();
        let writer = writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
        self
    }

    /// Types a key at a prompt and waits for the prompt of another fix.
    #[track_caller]
    pub fn key(&self, key: &str, number: &str) -> &Seat {
        self.wipe();
        self.press(key).at(number);
        self
    }

    /// Clears what was on the screen.
    pub fn wipe(&self) {
        let mut seen = self.screen.lock().unwrap();
        seen.0.process(b"\x1b[2J\x1b[H");
    }

    pub fn resize(&self, columns: u16) {
        {
            let mut seen = self.screen.lock().unwrap();
            seen.0.screen_mut().set_size(many(ROWS), many(columns));
            seen.0.process(b"\x1b[2J\x1b[H");
        }
        let size = PtySize { rows: ROWS, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    pub fn id(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_raw(self.child.lock().unwrap().process_id().unwrap() as i32).unwrap()
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(self.id(), signal).unwrap();
    }

    /// Closes the window.
    pub fn hang_up(&mut self) {
        self.writer = Mutex::new(None);
        self.master = None;
    }

    pub fn is_running(&self) -> bool {
        matches!(self.child.lock().unwrap().try_wait(), Ok(None))
    }

    /// Waits for the end. The exit status; what was killed has none of its own.
    #[track_caller]
    pub fn end(&self) -> u32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.lock().unwrap().try_wait().unwrap() {
                // The reader may still be at the last bytes.
                std::thread::sleep(Duration::from_millis(50));
                return status.exit_code();
            }
            if began.elapsed() > PATIENCE {
                self.child.lock().unwrap().kill().unwrap();
                panic!("it hangs:\n{}", self.screen());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    pub fn ends(&self, status: u32) -> &Seat {
        assert_eq!(self.end(), status, "{}", self.screen());
        self
    }
}

fn many(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

impl Drop for Seat {
    fn drop(&mut self) {
        if matches!(self.child.lock().unwrap().try_wait(), Ok(None)) {
            let _ = self.child.lock().unwrap().kill();
            let _ = self.child.lock().unwrap().wait();
        }
    }
}
