//! What shells and manuals want of the command line: completions and a man page.

use super::args::{Args, CompletionsArgs};
use super::io::{Io, tolerate};
use super::{OK, Stop};
use clap::CommandFactory;

/// `gomend completions SHELL`.
pub fn completions(args: &CompletionsArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "gomend", &mut script);
    io.exact();
    tolerate(io.stdout.write_all(&script))?;
    Ok(OK)
}

/// `gomend man`: one page, the verbs one after the other.
pub fn man(io: &mut Io<'_>) -> Result<u8, Stop> {
    let mut command = Args::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for verb in command.get_subcommands() {
        let name = format!("gomend {}", verb.get_name());
        let man = clap_mangen::Man::new(verb.clone().display_name(&name));
        let mut section = Vec::new();
        man.render_description_section(&mut section)?;
        man.render_options_section(&mut section)?;
        man.render_extra_section(&mut section)?;
        // The sections of a verb stand below its name.
        let section = String::from_utf8_lossy(&section).replace(".SH ", ".SS ");
        page.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
        page.extend_from_slice(section.as_bytes());
    }
    io.exact();
    tolerate(io.stdout.write_all(&page))?;
    Ok(OK)
}
