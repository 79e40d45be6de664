//! The statements of generated programs.

use super::Writer;

impl Writer<'_> {
    pub fn plain(&mut self) {
        let text = self.random.pick(&[
            "work()",
            "sink += n",
            "n++",
            "use(xs, ch)",
            "sink = len(xs)",
            "xs = append(xs, n)",
            "defer work()",
            "c = busy()",
            "if c {\n\treturn\n}",
            "use(`\n// runtime.GC()\n`)",
            "ch <- n",
        ]);
        // A raw string keeps its own lines.
        match text.split_once('\n') {
            Some(_) if text.contains('`') => {
                self.body.push_str(&"\t".repeat(self.indent));
                self.body.push_str(text);
                self.body.push('\n');
            }
            _ => text.split('\n').for_each(|line| self.line(line)),
        }
    }

    pub fn duration(&mut self) -> String {
        match self.random.below(7) {
            0 => "d".to_owned(),
            1 => self.time.symbol("Second"),
            2 => format!("5 * {}", self.time.symbol("Millisecond")),
            3 => format!("{}(n) * {}", self.time.symbol("Duration"), self.time.symbol("Second")),
            4 => "d / 2".to_owned(),
            5 => "pause()".to_owned(),
            _ => format!("d + {}", self.time.symbol("Second")),
        }
    }

    pub fn after(&mut self) -> String {
        let duration = self.duration();
        let duration = if duration == "pause()" {
            format!("{}(pause())", self.time.symbol("Duration"))
        } else {
            duration
        };
        format!("{}({duration})", self.time.symbol("After"))
    }

    pub fn waits(&mut self) {
        let after = self.after();
        let name = self.name("late");
        match self.random.below(7) {
            0..3 => self.line(&format!("<-{after}")),
            3 => {
                self.line(&format!("{name} := {after}"));
                self.line(&format!("<-{name}"));
            }
            4 => {
                self.line(&format!("{name} := <-{after}"));
                self.line(&format!("use({name})"));
            }
            5 => self.line(&format!("go func() {{ <-{after} }}()")),
            _ => self.line(&format!("use(<-{after}, {after})")),
        }
    }

    pub fn yields(&mut self) {
        let gosched = self.runtime.symbol("Gosched");
        match self.random.below(8) {
            0..4 => self.line(&format!("{gosched}()")),
            4 => self.line(&format!("for !busy() {{\n{0}\t{gosched}()\n{0}}}", "\t".repeat(self.indent))),
            5 => self.line(&format!("defer {gosched}()")),
            6 => self.line(&format!("use({gosched})")),
            _ => {
                self.line(&format!("{gosched}()"));
                self.line(&format!("{gosched}()"));
            }
        }
    }

    pub fn collects(&mut self) {
        let gc = self.runtime.symbol("GC");
        match self.random.below(7) {
            0..4 => self.line(&format!("{gc}()")),
            4 => self.line(&format!("defer {gc}()")),
            5 => self.line(&format!("go {gc}()")),
            _ => {
                self.other("runtime/debug");
                self.line(&format!("{gc}()"));
                self.line("debug.FreeOSMemory()");
            }
        }
    }

    pub fn measures(&mut self) {
        let (stats, read) = (self.runtime.symbol("MemStats"), self.runtime.symbol("ReadMemStats"));
        let name = self.random.pick(&["m", "ms", "stats", "mem"]);
        let name = &self.name(name);
        match self.random.below(4) {
            0 => {
                self.line(&format!("{name} := new({stats})"));
                self.line(&format!("{read}({name})"));
            }
            1 => {
                self.line(&format!("{name} := {stats}{{}}"));
                self.line(&format!("{read}(&{name})"));
            }
            _ => {
                self.line(&format!("var {name} {stats}"));
                self.line(&format!("{read}(&{name})"));
            }
        }
        for _ in 0..self.random.below(4) {
            match self.random.below(6) {
                0 => self.line(&format!("sink = int({name}.Alloc)")),
                1 => self.line(&format!("use({name}.HeapSys, {name}.NumGC)")),
                2 => self.line(&format!("_ = {name}.TotalAlloc")),
                3 => self.line(&format!("total += {name}.HeapAlloc - {name}.HeapIdle")),
                4 => self.line(&format!("use({name})")),
                _ => self.line(&format!("use({name}.Mallocs, {name}.PauseTotalNs)")),
            }
        }
        if self.random.once_in(6) {
            self.line(&format!("use(&{name})"));
        }
    }

    /// A counter that is there for the sake of the trigger.
    pub fn counts(&mut self, depth: usize) {
        let name = self.name("turns");
        let trigger = match self.random.below(2) {
            0 => self.runtime.symbol("Gosched"),
            _ => self.runtime.symbol("GC"),
        };
        self.line(&format!("{name} := 0"));
        let head = self.loop_head();
        self.line(&head);
        self.indent += 1;
        self.line(&format!("{name}++"));
        let head = self.random.pick(&["%100 == 0", "&63 == 0", " > 100", "%1000 == 0 && c"]);
        self.line(&format!("if {name}{head} {{"));
        self.line(&format!("\t{trigger}()"));
        self.line("}");
        self.loops += 1;
        self.block_body(depth.saturating_sub(2));
        self.loops -= 1;
        self.indent -= 1;
        self.line("}");
    }

    pub fn jumps(&mut self) {
        if self.loops == 0 {
            return self.plain();
        }
        let word = self.random.pick(&["break", "continue"]);
        let label = self.random.below(2 * self.labels.len());
        let target = match self.labels.get_mut(label) {
            Some((name, used)) => {
                *used = true;
                format!("{word} {name}")
            }
            None => word.to_owned(),
        };
        self.line("if c {");
        self.line(&format!("\t{target}"));
        self.line("}");
    }

    pub fn loop_head(&mut self) -> String {
        let heads: &[&str] = &[
            "for {",
            "for c {",
            "for range xs {",
            "for i := range xs {\nuse(i)",
            "for i, x := range xs {\nuse(i, x)",
            "for _, x := range xs {\nuse(x)",
            "for i := 0; i < n; i++ {",
            "for i := 0; ; i++ {",
            "for i := 0; i < len(xs); i += 2 {",
            "for x := range ch {\nuse(x)",
            "for !busy() {",
            "for range n {",
            "for i := range n {\nuse(i)",
        ];
        let known = if self.old { heads.len() - 2 } else { heads.len() };
        let tabs = "\t".repeat(self.indent + 1);
        self.random.pick(&heads[..known]).replace('\n', &format!("\n{tabs}"))
    }

    pub fn loops(&mut self, depth: usize) {
        let head = self.loop_head();
        let label = self.random.once_in(3).then(|| self.name("again"));
        let start = self.body.len();
        if let Some(label) = &label {
            self.labels.push((label.clone(), false));
        }
        self.loops += 1;
        self.block(&head, depth);
        self.loops -= 1;
        // A label that nothing names does not compile.
        if label.is_some()
            && let Some((label, true)) = self.labels.pop()
        {
            let indent = "\t".repeat(self.indent.saturating_sub(1));
            self.body.insert_str(start, &format!("{indent}{label}:\n"));
        }
    }

    pub fn selects(&mut self, depth: usize) {
        let inside = self.random.once_in(4);
        if !inside {
            let head = self.loop_head();
            self.line(&head);
            self.indent += 1;
            self.loops += 1;
        }
        self.line("select {");
        let after = self.after();
        let late = self.name("late");
        let mut cases = vec![match self.random.below(6) {
            0 => format!("case {late} := <-{after}:\nuse({late})"),
            1 => format!("case _ = <-{after}:"),
            2 => format!("case {late}, ok := <-{after}:\nuse({late}, ok)"),
            _ => format!("case <-{after}:"),
        }];
        for case in
            ["case x := <-ch:\nuse(x)", "case ch <- n:", "case <-ch:", "case x, ok := <-ch:\nuse(x, ok)"]
        {
            if self.random.once_in(2) {
                cases.insert(self.random.below(cases.len() + 1), case.to_owned());
            }
        }
        if self.random.once_in(8) {
            cases.push("default:".to_owned());
        } else if self.random.once_in(6) {
            let after = self.after();
            cases.push(format!("case <-{after}:"));
        }
        for case in cases {
            let (head, rest) =
                case.split_once('\n').map_or((&*case, None), |(head, rest)| (head, Some(rest)));
            self.line(head);
            self.indent += 1;
            rest.into_iter().for_each(|rest| self.line(rest));
            self.block_body(depth.min(2));
            self.indent -= 1;
        }
        self.line("}");
        if !inside {
            if self.random.once_in(3) {
                self.block_body(depth.min(1));
            }
            self.indent -= 1;
            self.loops -= 1;
            self.line("}");
        }
    }

    pub fn closure(&mut self, depth: usize) {
        let (head, end) = self.random.pick(&[
            ("func() {", "}()"),
            ("go func() {", "}()"),
            ("defer func() {", "}()"),
            ("run(func() {", "})"),
            ("go func(n int) {", "}(n)"),
        ]);
        let (labels, loops) = (std::mem::take(&mut self.labels), std::mem::take(&mut self.loops));
        self.line(head);
        self.indent += 1;
        self.block_body(depth);
        self.indent -= 1;
        self.line(end);
        (self.labels, self.loops) = (labels, loops);
    }

    pub fn shadows(&mut self, depth: usize) {
        let (name, value) = self.random.pick(&[
            ("n", "n + 1"),
            ("c", "!c"),
            ("d", "d * 2"),
            ("xs", "xs[:0]"),
            ("timer", "n"),
            ("metrics", "n"),
        ]);
        self.line("{");
        self.indent += 1;
        self.line(&format!("{name} := {value}"));
        self.line(&format!("use({name})"));
        self.block_body(depth);
        self.indent -= 1;
        self.line("}");
        if self.random.once_in(3) {
            let hidden = self.random.pick(&["time", "runtime", "rt", "clock", "After", "GC"]);
            self.line("{");
            self.line(&format!("\t{hidden} := sink"));
            self.line(&format!("\tuse({hidden})"));
            self.line("}");
        }
    }
}
