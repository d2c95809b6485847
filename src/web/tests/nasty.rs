//! Strings that trip software up, made by ourselves: for the promises that ask for many of them.

/// What people and attackers type; each a family of its own.
const WORDS: &[&str] = &[
    "",
    " ",
    "\t",
    "undefined",
    "null",
    "NULL",
    "nil",
    "NaN",
    "true",
    "None",
    "0",
    "-0",
    "1/0",
    "-1",
    "1e309",
    "0x7fffffff",
    "2147483648",
    "9223372036854775808",
    "99999999999999999999",
    "1,000.00",
    "1.000,00",
    "٣٤٥",
    "½",
    "²³",
    "'",
    "\"",
    "`",
    "''",
    "\\",
    "\\'",
    "\\\\",
    "/",
    "//",
    "/*",
    "*/",
    "--",
    "#",
    ";",
    "&",
    "&amp;",
    "&#0;",
    "&lt;b&gt;",
    "<",
    ">",
    "<>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "<b>",
    "</b>",
    "</textarea>",
    "</title><script>alert(1)</script>",
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
    "{{7*7}}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
    "{% x %}",
    "{{name}}",
    "%s%n%x",
    "%00",
    "%0d%0aX: y",
    "%%",
    "$(id)",
    "`id`",
    "| id",
    "; id",
    "&& id",
    "$HOME",
    "' OR 1=1 --",
    "'; DROP TABLE message;--",
    "\" OR \"\"=\"",
    "1; SELECT 1",
    "x' UNION SELECT 1--",
    "*",
    "\"unbalanced",
    "(((",
    ")))",
    "AND OR NOT",
    "from:",
    "from:from:",
    "is:nothing",
    "before:never",
    "subject:\"",
    "-",
    "+",
    "~",
    "^",
    "a:b:c",
    "[1 TO *]",
    "../../etc/passwd",
    "..\\..\\x",
    "C:\\con",
    "CON",
    "NUL",
    ".htaccess",
    "file:///etc/passwd",
    "http://a:b@c:99999/",
    "a@b",
    "@",
    "@@",
    "a@[127.0.0.1]",
    "<a@b>",
    "=?utf-8?q?x?=",
    "=?x?y?z?=",
    "=?utf-8?b?////?=",
    "=00=0D=0A",
    "🙂",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "👍🏿",
    "🇸🇪🇯🇵",
    "①Ⅷ㋿",
    "ﷺ",
    "𝔘𝔫𝔦",
    "Ω≈ç√",
    "åß∂ƒ",
    "Dž",
    "ı İ",
    "ſ ß ẞ",
    "Z̸̡a̛l͟g̨o",
    "ก็็็็็็",
    "ᚠᛇᚻ",
    "тест",
    "δοκιμή",
    "בדיקה",
    "اختبار",
    "परीक्षा",
    "পরীক্ষা",
    "பரிசோதனை",
    "การทดสอบ",
    "テスト",
    "測試",
    "测试",
    "시험",
    "ꙮ",
    "𓀀𓁐",
    "𠜎𠜱",
    "\u{FFFD}",
    "\u{FFFF}",
    "\u{10FFFF}",
    "\u{E000}",
    "\u{FEFF}x",
    "x\u{FEFF}",
    "a\u{0301}",
    "\u{0301}",
    "ﬁ ﬂ",
    "\u{1F}",
    "\u{7F}",
    "\u{80}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{200B}",
    "\u{202E}abc",
    "\u{2066}abc",
    "\u{061C}",
    "\u{00AD}",
    "\u{3000}",
    "\u{A0}",
    "\u{180E}",
    "\u{115F}",
    "\u{3164}",
    "Re: Re: Re:",
    "Fwd:",
    "[SPAM]",
    "(no subject)",
];

/// How a string may be wrapped: alone, in the middle, many times, beside what changes the direction.
const WRAPS: &[(&str, usize, &str)] = &[("", 1, ""), ("a", 1, "b"), ("\u{202E}", 2, "\u{0}")];

/// More than 516 different strings, the same on every run.
pub fn strings() -> Vec<String> {
    let mut all: Vec<String> =
        WRAPS.iter().flat_map(|(before, times, after)| WORDS.iter().map(move |w| format!("{before}{}{after}", w.repeat(*times)))).collect();
    all.extend((0u8..32).map(|c| format!("x{}y", char::from(c))));
    all.extend([200, 1_000, 5_000].map(|n| "long ".repeat(n)));
    all.extend([200, 1_000, 5_000].map(|n| "ä".repeat(n)));
    all.sort();
    all.dedup();
    all
}

/// Some of them on every run, all with `RESTANTE_FULL=1`.
pub fn every(step: usize) -> Vec<String> {
    let step = if std::env::var_os("RESTANTE_FULL").is_some() { 1 } else { step };
    strings().into_iter().step_by(step).collect()
}

/// A stream of numbers that is the same on every run (Marsaglia's xorshift).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

#[test]
fn there_are_as_many_as_promised() {
    assert!(strings().len() >= 516, "{}", strings().len());
}
