//! The HTML report in a real browser: what a reader does with it, and what it
//! must never do. Needs Chromium.

mod chromium;
mod ground;

use chromium::Browser;
use serde_json::json;

const FOCUSED: &str =
    "document.activeElement.closest('.finding')?.querySelector('.message').textContent ?? ''";

/// The rows that stand in the page.
const ROWS: &str = "document.querySelectorAll('.finding').length";

fn quiet(browser: &Browser) {
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_page_of_real_code_is_read_with_the_keys() {
    let (_ground, page) = ground::shop();
    let mut browser = Browser::start();
    browser.open(&page, "");
    assert_eq!(browser.text("document.querySelector('h1').textContent"), "example.com/shop");
    assert_eq!(browser.text("document.querySelector('.lead strong').textContent"), "2 findings");
    let count = "document.getElementById('count').textContent";
    assert_eq!(browser.text(count), "2 of 4 sites");

    browser.press("j");
    assert!(browser.text(FOCUSED).starts_with("time.After in a loop"));
    browser.press("o");
    let opened = "document.querySelector('.opened')";
    assert_eq!(browser.text(&format!("{opened}.querySelector('.open').ariaExpanded")), "true");
    let lines = |sign: &str| {
        format!("[...document.querySelectorAll('.opened .{sign}')].map(line => line.textContent).join('')")
    };
    assert_eq!(browser.text(&lines("gone")), "\t\tcase <-time.After(idle):\n");
    assert_eq!(
        browser.text(&lines("new")),
        "\ttimer := time.NewTimer(idle)\n\tdefer timer.Stop()\n\t\ttimer.Reset(idle)\n\t\tcase <-timer.C:\n"
    );
    let marked = "[...document.querySelectorAll('.opened mark')].map(mark => mark.textContent).join('')";
    assert_eq!(browser.text(marked), "time.After(idle)timer.C");
    // What began above the hunk is known, and a comment is a comment.
    let comments = "[...document.querySelectorAll('.opened .comment')].map(it => it.textContent)";
    assert_eq!(browser.value(comments), json!(["   a few", "   lines. */", "// <b>not bold</b>"]));
    let keywords =
        "[...new Set([...document.querySelectorAll('.opened .keyword')].map(it => it.textContent))]";
    assert!(browser.value(keywords).as_array().unwrap().contains(&json!("select")));

    browser.press("x");
    assert!(browser.holds("document.getElementById('page').open"));
    assert!(browser.text("document.getElementById('page').textContent").contains("operand-waits"));
    assert!(browser.holds("location.hash.includes('page=time-after-in-loop')"));
    browser.press("Escape");
    browser.until("!document.getElementById('page').open && !location.hash.includes('page=')");

    browser.press("j");
    assert!(browser.text(FOCUSED).contains("runtime.GC"), "{}", browser.text(FOCUSED));
    browser.press("Enter");
    assert!(
        browser
            .text("[...document.querySelectorAll('.opened')].at(-1).textContent")
            .contains("something observable may change")
    );
    assert!(browser.text(&format!("{opened} && location.hash")).starts_with("#at="));
    browser.press("k");
    assert!(browser.text(FOCUSED).starts_with("time.After in a loop"));
    browser.press("o");
    assert_eq!(browser.number("document.querySelectorAll('.opened').length"), 1.0);

    browser.press("?");
    assert!(browser.holds("document.getElementById('help').open"));
    browser.press("Escape");
    browser.press("/");
    assert_eq!(browser.text("document.activeElement.id"), "q");
    browser.write("newtimer DRAIN");
    browser.until("document.getElementById('count').textContent.startsWith('1 of 4')");
    // In a field a letter is a letter.
    browser.press("j");
    browser.until("document.getElementById('count').textContent.startsWith('None of 4')");
    browser.press("Escape");
    assert!(browser.holds("document.activeElement === document.body"));
    quiet(&browser);
}

#[test]
fn filters_live_in_the_fragment() {
    let (_ground, page) = ground::shop();
    let mut browser = Browser::start();
    browser.open(&page, "");
    let rows = "[...document.querySelectorAll('.finding .to-rule')].map(rule => rule.textContent)";
    assert_eq!(browser.value(rows), json!(["time-after-in-loop", "manual-gc"]));

    browser.click("[data-level=kept]");
    assert_eq!(browser.value(rows), json!(["time-after-in-loop", "manual-gc", "gosched"]));
    browser.click("[data-level=safe]");
    browser.click("[data-level=unsafe]");
    assert_eq!(browser.value(rows), json!(["gosched"]));
    assert_eq!(browser.text("location.hash"), "#level=kept");
    assert_eq!(browser.text("document.querySelector('[data-level=kept]').ariaPressed"), "true");
    browser.click(".open");
    let kept = browser.text("document.querySelector('.details').textContent");
    assert!(kept.contains("Kept") && kept.contains("(waits)"), "{kept}");
    let site = "[...document.querySelectorAll('.details mark.site')].map(it => it.textContent).join('')";
    assert_eq!(browser.text(site), "runtime.Gosched()");

    browser.click("[data-level=suppressed]");
    browser.click("[data-level=kept]");
    assert_eq!(browser.value(rows), json!(["manual-gc"]));
    browser.click("#reset");
    assert_eq!(browser.value(rows), json!(["time-after-in-loop", "manual-gc"]));
    assert_eq!(browser.text("location.hash"), "");

    let choose = |browser: &mut Browser, field: &str, value: &str| {
        browser.value(&format!(
            "{{ const field = document.getElementById('{field}'); field.value = '{value}'; \
             field.dispatchEvent(new Event('input', {{ bubbles: true }})); }}"
        ));
        browser.until(&format!("location.hash.includes('{field}={value}')"));
    };
    choose(&mut browser, "rule", "manual-gc");
    assert_eq!(browser.value(rows), json!(["manual-gc"]));
    choose(&mut browser, "file", "ingest/");
    assert_eq!(browser.value(rows), json!([]));
    assert!(browser.text("document.getElementById('rule').selectedOptions[0].text").ends_with("(0)"));
    browser.click("#reset");
    choose(&mut browser, "group", "rule");
    let groups = "[...document.querySelectorAll('.group h3')].map(it => it.textContent)";
    assert_eq!(browser.value(groups), json!(["manual-gc", "time-after-in-loop"]));

    // A bar of a chart is a filter, and the way back is the browser's.
    browser.click(".chart a[href='#rule=manual-gc']");
    browser.until("location.hash === '#rule=manual-gc'");
    browser.until("document.getElementById('rule').value === 'manual-gc'");
    assert_eq!(browser.value(rows), json!(["manual-gc"]));
    browser.value("history.back()");
    browser.until("location.hash === '#group=rule'");
    browser.until("document.getElementById('rule').value === ''");

    // Whoever is sent the address sees the same, hidden levels or not.
    let fragment = "#q=gosched&level=kept,suppressed&file=web";
    browser.open(&page, fragment);
    assert_eq!(browser.value(rows), json!(["gosched"]));
    assert_eq!(browser.text("document.getElementById('q').value"), "gosched");
    let named = "[...document.querySelectorAll('.details dd code')].map(it => it.textContent)";
    browser.click(".open");
    let fingerprint = browser.value(named).as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    browser.open(&page, &format!("#at={fingerprint}"));
    assert_eq!(browser.number("document.querySelectorAll('.opened').length"), 1.0);
    assert_eq!(browser.text(FOCUSED), "runtime.Gosched()");
    quiet(&browser);
}

#[test]
fn the_theme_follows_the_system_until_somebody_chooses() {
    let (_ground, page) = ground::shop();
    let mut browser = Browser::start();
    let dark = "getComputedStyle(document.body).backgroundColor === 'rgb(20, 23, 27)'";
    for (system, is_dark) in [("dark", true), ("light", false)] {
        browser.prefer(system);
        browser.open(&page, "");
        assert_eq!(browser.holds(dark), is_dark, "{system}");
    }
    browser.press("t");
    assert_eq!(browser.text("document.getElementById('theme').textContent"), "Theme: light");
    browser.click("#theme");
    assert!(browser.holds(dark));
    // What a page stores reaches the next one when the browser finds the time.
    let remembered = (0..20).any(|_| {
        browser.open(&page, "");
        browser.holds(dark)
    });
    assert!(remembered, "the choice is forgotten");
    browser.click("#theme");
    assert!(!browser.holds(dark));
    quiet(&browser);
}

/// The contrast of every text that can be seen, as WCAG counts it, where it is
/// less than 4.5.
const PALE: &str = "(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = rgb => {
        const [r, g, b] = rgb.map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const behind = node => {
        for (; node; node = node.parentElement) {
            const colour = rgba(getComputedStyle(node).backgroundColor);
            if (colour[3] === 255) return colour.slice(0, 3);
        }
        return [255, 255, 255];
    };
    const out = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !node.checkVisibility() || node.closest('script, style')) continue;
        const [a, b] = [light(rgba(getComputedStyle(node).color).slice(0, 3)), light(behind(node))];
        const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (contrast < 4.5) out.add(`${node.tagName}.${node.className} ${contrast.toFixed(2)}`);
    }
    return [...out];
})()";

#[test]
fn everybody_can_read_and_operate_it() {
    let (_ground, page) = ground::shop();
    let mut browser = Browser::start();
    for colours in ["light", "dark"] {
        browser.prefer(colours);
        browser.open(&page, "#level=safe,unsafe,advice,kept,suppressed");
        for open in ["jo", "jo", "jo", "jo"] {
            open.chars().for_each(|key| browser.press(&key.to_string()));
        }
        assert_eq!(browser.number("document.querySelectorAll('.opened').length"), 4.0);
        browser.value("document.querySelectorAll('details').forEach(it => { it.open = true; })");
        assert_eq!(browser.value(PALE), json!([]), "{colours}");
        browser.press("?");
        assert_eq!(browser.value(PALE), json!([]), "{colours}");
    }
    browser.press("Escape");

    // All that takes a key or a click has a name.
    let tree = browser.ask("Accessibility.getFullAXTree", json!({}));
    let roles = ["button", "link", "combobox", "searchbox", "textbox", "dialog", "image"];
    let mut seen = 0;
    for node in tree["nodes"].as_array().unwrap() {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        if roles.contains(&role) {
            seen += 1;
            assert!(!node["name"]["value"].as_str().unwrap_or_default().is_empty(), "{role}: {node}");
        }
    }
    assert!(seen > 20, "{seen}");
    assert!(browser.holds("[...document.querySelectorAll('[id]')].every((it, _, all) => all.filter(other => other.id === it.id).length === 1)"));

    // A telephone shows it without moving it sideways.
    for width in [320, 420, 800] {
        browser.resize(width, 800);
        let wide = browser.number("document.documentElement.scrollWidth");
        assert!(wide <= f64::from(width), "{wide} of {width}");
    }
    quiet(&browser);
}

#[test]
fn foul_texts_stay_texts_and_no_other_script_runs() {
    let ground = tempfile::tempdir().unwrap();
    let page = ground.path().join("foul.html");
    ground::hostile(&page);
    let mut browser = Browser::start();
    browser.open(&page, "#level=safe,unsafe,advice,kept");
    for _ in 0..8 {
        browser.press("j");
        browser.press("o");
    }
    assert_eq!(browser.number("document.querySelectorAll('.opened').length"), 8.0);
    let shown = ground::HOSTILE.replace('\u{202e}', "<U+202E>");
    let said = browser.text("document.querySelector('.message').textContent");
    assert_eq!(said, format!("message {shown}"));
    for place in ["h1", "#list", ".skipped", ".errors"] {
        let text = browser.text(&format!("document.querySelector('{place}').textContent"));
        assert!(text.contains(&shown), "{place}: {text}");
    }
    assert_eq!(browser.number("document.querySelectorAll('img, main script').length"), 0.0);
    quiet(&browser);

    // Were something to slip through, the policy would stop it.
    let injected = "{ const made = document.createElement('script'); made.textContent = 'window.hacked = 1'; \
                    document.body.append(made); }";
    browser.value(injected);
    assert!(browser.holds("window.hacked === undefined"));
    browser
        .value("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked = 1\">')");
    browser.value("fetch('https://example.com/').catch(() => 0)");
    assert!(browser.holds("window.hacked === undefined"));
    let refused = browser.complaints();
    assert!(refused.iter().any(|told| told.contains("Content Security Policy")), "{refused:?}");
}

#[test]
fn ten_thousand_findings_are_as_easy_as_ten() {
    const MANY: usize = 10_000;
    let ground = tempfile::tempdir().unwrap();
    let page = ground.path().join("many.html");
    ground::many(MANY, &page);
    let size = std::fs::metadata(&page).unwrap().len();
    assert!(size < 15 << 20, "{size} bytes");

    let mut browser = Browser::start();
    // Processor time of the page's thread: other work on the machine is not its fault.
    browser.ask("Performance.enable", json!({"timeDomain": "threadTicks"}));
    browser.open(&page, "");
    let metrics = browser.ask("Performance.getMetrics", json!({}));
    let busy = metrics["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == "TaskDuration");
    let busy = busy.unwrap()["value"].as_f64().unwrap();
    assert!(busy < 2.0, "{busy} s until the page stood");

    assert_eq!(browser.text("document.getElementById('count').textContent"), "7,500 of 10,000 sites");
    assert!(browser.number(ROWS) <= 1000.0);
    browser.press("/");
    browser.write("number 9999");
    browser.until("document.getElementById('count').textContent.startsWith('None')");
    browser.click("[data-level=kept]");
    browser.until("document.getElementById('count').textContent.startsWith('1 of')");
    browser.click("#reset");
    browser.value("document.activeElement.blur()");
    browser.press("G");
    assert!(browser.text(FOCUSED).ends_with("number 9998"), "{}", browser.text(FOCUSED));
    assert_eq!(browser.number(ROWS), 7500.0);
    let seen = "(() => { const box = document.activeElement.getBoundingClientRect(); \
                return box.top >= 0 && box.bottom <= innerHeight; })()";
    browser.until(seen);
    browser.press("o");
    assert_eq!(browser.number("document.querySelectorAll('.opened').length"), 1.0);
    browser.press("K");
    browser.press("g");
    assert!(browser.text(FOCUSED).ends_with("number 0"));

    // One that is far down, by its address.
    browser.open(&page, "#at=0000000000002001");
    assert!(browser.text(FOCUSED).ends_with("number 8193"), "{}", browser.text(FOCUSED));
    let owner = "#owner=%40shop%2Fteam07";
    browser.open(&page, owner);
    assert_eq!(browser.text("document.getElementById('count').textContent"), "195 of 10,000 sites");
    assert!(browser.number("document.querySelectorAll('.chart').length") == 3.0);
    // Paper has all of them.
    let pdf = browser.print();
    assert!(pdf.starts_with(b"%PDF"));
    assert_eq!(browser.number(ROWS), 195.0);
    quiet(&browser);
}

#[test]
fn a_page_without_findings_says_so() {
    let ground = tempfile::tempdir().unwrap();
    let page = ground.path().join("none.html");
    ground::many(0, &page);
    let mut browser = Browser::start();
    browser.open(&page, "");
    assert!(
        browser.text("document.querySelector('.lead').textContent").starts_with("No findings in 1,000 files")
    );
    assert!(browser.holds("document.getElementById('filters').hidden"));
    for key in ["j", "k", "J", "K", "g", "G", "o", "x", "c"] {
        browser.press(key);
    }
    quiet(&browser);
}
