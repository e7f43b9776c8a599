//! The quick reader against serde_json: what it takes, it reads to the same context, and it takes nothing that
//! serde_json refuses.

use proptest::prelude::*;

use super::*;

/// An ordinary context, as a program writes it.
const PLAIN: &str = r#"{"event":{"payload":{"k":[1,-2.5,null]},"severity":"info","source":"x","timestamp":99.5,"type":"own"},"history":{"failures":{"b":1},"messages":[{"content":"caf\u00e9 \ud83d\ude00\n","role":"user"}],"tools":[{"arguments":{"q":"query 1"},"duration_ms":20.25,"name":"web_search","result":null,"success":true,"timestamp":1767225600.0,"turn":1},{"duration_ms":1e1,"name":"web_search","success":false}],"total_tool_calls":2},"project":{"id":"demo"},"result":{"count":3,"result":"résumé résumé résumé résumé résumé résumé","success":true},"session":{"duration_seconds":240.0},"state":{"a":{"b":[]}},"turn":{"iteration_limit":null,"number":8,"token_usage":0.92}}"#;

/// An ordinary context, as a person writes it.
const SPACED: &str = "\n{ \"turn\" : { \"number\":\t4 , \"context_usage\" : 1 },\r\n \"history\": {\"tools\": [ { \"turn\": 2, \"name\": \"a\" } , {} ], \"messages\": [ ] },\n \"user\": null, \"state\": { } }\n ";

/// Numbers, what is nearly a number, and what stands behind one.
const NUMBERS: &str = "0|-0|0.0|-0.0|-0e0|1|-1|01|-01|00|1.|.5|-|+1|1e|1e+|1e-|1E5|1e+5|1e-5|1e5.5|0e1|1.e1|1e308|\
    1e309|-1e309|1.8e308|1e-400|1e999|0e999|0.1|0.3|2.5|1.0|123456.789|0.92|1767225600.123456|\
    5e-324|2.2250738585072011e-308|9007199254740991|9007199254740992|9007199254740993|\
    9007199254740993.0|900719925474099.3|9223372036854775807|9223372036854775808|\
    -9223372036854775808|-9223372036854775809|18446744073709551615|18446744073709551616|\
    999999999999999999|1000000000000000000|0.1e1|1 2|1x|0x10|1_000|Infinity|NaN|nan|--1|1.5.5|1,|\
    0.000000000000000001|0.0000000000000000001|00.5|٣";

/// Plans that read everything, nothing, and some of the members of every group.
fn plans() -> [Reads; 4] {
    let some =
        [slot::TOKEN_USAGE, slot::TOOLS, slot::USER_SETTINGS, slot::SESSION_STARTED_AT, slot::RESULT_TEXT];
    let others =
        [slot::TURN_NUMBER, slot::MESSAGES, slot::EVENT_PAYLOAD, slot::RESULT_DURATION_MS, slot::USER_ID];
    [Reads::EVERYTHING, Reads::NOTHING, Reads::of_slots(some), Reads::of_slots(others)]
}

/// Whether the text is taken; if so, it has to be read as serde_json reads it, to the bit and in the same order.
fn taken(text: &str, reads: Reads) -> bool {
    let quick = read(text, reads);
    if let Some(context) = &quick {
        let slow = Context::from_any_text(text, reads);
        let same =
            matches!(&slow, Ok(slow) if slow == context && format!("{slow:?}") == format!("{context:?}"));
        assert!(same, "{text}\nquick: {context:?}\nserde: {slow:?}");
    }
    quick.is_some()
}

/// Whether the text is taken, which must not depend on the plan where nothing but its grammar decides.
fn all_taken(text: &str) -> bool {
    let [first, others @ ..] = plans().map(|reads| taken(text, reads));
    assert!(others.iter().all(|other| *other == first), "{text}");
    first
}

/// A value at places where it is read or passed over, according to the plan.
fn places(value: &str) -> [String; 4] {
    [
        format!(r#"{{"user":{{"settings":{{"k":{value}}}}}}}"#),
        format!(r#"{{"state":{{"k":[{value}]}},"turn":{{}}}}"#),
        format!(r#"{{"history":{{"tools":[{{"arguments":{{"k": {value} }},"name":"a"}}]}}}}"#),
        format!(r#"{{"event":{{"payload":{{"k":{value}}}}}}}"#),
    ]
}

#[test]
fn ordinary_texts_are_taken() {
    for text in [PLAIN, SPACED, "{}", r#"{"turn":{}}"#, r#"{"history":{"tools":[]}}"#] {
        assert!(all_taken(text), "{text}");
    }
    let mut texts = PLAIN.to_owned();
    for key in GROUPS {
        texts = texts.replace(&format!("\"{key}\""), &format!("\n  \"{key}\""));
    }
    assert!(all_taken(&texts));
}

#[test]
fn names_of_any_length_are_told_apart() {
    let names = [
        "a",
        "total_tool_calls",
        "total_tool_callz",
        "a_name_of_17_byte",
        "a_name_of_17_bytf",
        "13_is_at_once",
    ];
    for name in names.map(Name::of) {
        for other in names {
            for rest in ["1}", "\"so much text that there is a whole block\"}"] {
                let text = format!("\"{other}\":{rest}");
                let same = Scanner::new(&text).key().unwrap().is(&name);
                assert_eq!(same, format!("{name:?}") == format!("{:?}", Name::of(other)), "{name:?} {text}");
                assert!(same || !Scanner::new(&text).starts_with(&name), "{name:?} {text}");
            }
        }
    }
    let text = "\"13_is_at_once\":1, \"and\": 2";
    assert!(Scanner::new(text).starts_with(&Name::of("13_is_at_once")));
}

#[test]
fn a_text_with_one_change_is_read_as_serde_reads_it_or_not_at_all() {
    let changes = [
        "",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "0",
        "9",
        "-",
        ".",
        "e",
        "u",
        "n",
        "t",
        " ",
        "\n",
        "\u{1}",
        "\u{1f}",
        "\u{7f}",
        "\u{80}",
        "\u{2028}",
        "\u{1f600}",
    ];
    let all = plans();
    for seed in [PLAIN, SPACED] {
        let places: Vec<usize> = seed.char_indices().map(|(at, _)| at).chain([seed.len()]).collect();
        for (nth, at) in places.iter().copied().enumerate() {
            let (before, after) = seed.split_at(at);
            let without = after.chars().next().map_or(after, |first| &after[first.len_utf8()..]);
            // A change has one plan, its neighbours have others: that is enough to find what goes wrong.
            for (which, change) in changes.iter().enumerate() {
                let reads = all[(nth + which) % all.len()];
                taken(&format!("{before}{change}{after}"), reads);
                taken(&format!("{before}{change}{without}"), reads);
            }
            assert!(at == 0 || before.ends_with(['\n', ' ', '}']) || !all_taken(before), "{before}");
        }
    }
}

#[test]
fn numbers_are_those_of_serde() {
    let digits = |count| "7".repeat(count);
    let mut numbers: Vec<String> = NUMBERS.split('|').map(str::to_owned).collect();
    for count in [17, 18, 19, 20, 299, 300, 301, 308, 309, 310, 400, 1000] {
        let many = digits(count);
        numbers.extend([many.clone(), format!("-{many}"), format!("{many}.5"), format!("0.{many}")]);
        numbers.extend([
            format!("{many}e-10"),
            format!("{many}e10"),
            format!("1e{many}"),
            format!("1e-{many}"),
        ]);
    }
    for number in numbers {
        let valid = serde_json::from_str::<serde_json::Value>(&number).is_ok();
        for text in places(&number) {
            assert_eq!(all_taken(&text), valid, "{text}");
        }
        for path in ["number", "token_usage", "iteration_limit"] {
            let text = format!(r#"{{"turn":{{"{path}":{number}}}}}"#);
            for reads in plans() {
                assert!(valid || !taken(&text, reads), "{text}");
                taken(&text, reads);
            }
        }
    }
}

#[test]
fn texts_are_those_of_serde() {
    let mut texts: Vec<String> = [
        "",
        "\\",
        "\\\\",
        "\\\"",
        "\"",
        "\\u12",
        "\\u12g4",
        "\\uD83D",
        "\\ude00",
        "\\ud83d\\ude00",
        "\\ud83d\\u0041",
        "\\ud83dx",
        "\\ud83d\\n",
        "\\ud83d\\ud83d",
        "\\ude00\\ud83d",
        "\\u0000",
        "\\uFFFF",
        "\\u+123",
        "\\'",
        "\\x41",
        "\\U0041",
        "\u{7f}",
        "\u{80}",
        "é",
        "\u{1f600}",
        "{}[],:",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.extend((0..0x80_u8).map(|byte| format!("\\{}", char::from(byte))));
    texts.extend((0..0x20_u8).map(|byte| char::from(byte).to_string()));
    for text in texts {
        for filler in [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 100] {
            let json = format!("\"{}{text}{}\"", "x".repeat(filler), "é".repeat(filler / 2));
            let valid = serde_json::from_str::<String>(&json).is_ok();
            for place in places(&json) {
                assert_eq!(all_taken(&place), valid, "{place}");
            }
            let key =
                format!(r#"{{"user":{{"settings":{{{json}:1}}}},"event":{{"payload":{{{json}:1,"b":2}}}}}}"#);
            assert_eq!(all_taken(&key), valid, "{key}");
        }
    }
}

#[test]
fn what_nests_too_deep_is_not_taken() {
    for levels in 115..135 {
        for (open, inner, close) in
            [("[", "", "]"), ("[", "1", "]"), ("{\"a\":", "{}", "}"), ("{\"a\":[", "[]", "]}")]
        {
            let value = format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
            for text in places(&value) {
                let valid = serde_json::from_str::<serde_json::Value>(&text).is_ok();
                assert_eq!(all_taken(&text), valid, "{text}");
            }
        }
    }
}

#[test]
fn what_is_out_of_the_ordinary_is_left_to_serde() {
    for text in [
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"\"",
        "{",
        "{}}",
        "{} {}",
        "{},",
        "\u{feff}{}",
        "{\"turn\"}",
        "{\"turn\":}",
        "{turn:{}}",
        r#"{"turn":{},"turn":{}}"#,
        r#"{"trun":{}}"#,
        r#"{"turn":{"numbr":1}}"#,
        r#"{"turn":[]}"#,
        r#"{"turn":nul}"#,
        r#"{"turn":{},}"#,
        r#"{"t\u0075rn":{}}"#,
        r#"{"turn":{"n\u0075mber":1}}"#,
        r#"{"turn":{"number" 1}}"#,
        r#"{"user":{"settings":[1,]}}"#,
        r#"{"user":{"settings":[,1]}}"#,
        r#"{"user":{"settings":{"a":1,}}}"#,
        r#"{"user":{"settings":{"a" "b"}}}"#,
        r#"{"user":{"settings":{1:2}}}"#,
        r#"{"user":{"settings":[1}}}"#,
        r#"{"user":{"settings":tru}}"#,
        r#"{"user":{"settings":True}}"#,
    ] {
        assert!(!all_taken(text), "{text}");
    }
    // What is wrong with what is read is said by the reader that names paths.
    for text in [
        r#"{"turn":{"number":0,"token_usage":2}}"#,
        r#"{"history":{"tools":{},"messages":1}}"#,
        r#"{"result":{"result":1,"duration_ms":-1}}"#,
        r#"{"history":{"tools":[{"name":1}],"messages":[{"role":"x"}]}}"#,
    ] {
        let taken = plans().map(|reads| taken(text, reads));
        assert!(taken[1] && !taken[0], "{text}");
    }
    for text in [
        r#"{"turn":null,"event":null,"result":null,"state":null,"history":null}"#,
        r#"{"turn":{"number":2,"number":3,"token_usage":0.5,"token_usage":0.75}}"#,
        r#"{"history":{"tools":[{"name":"a","name":"b","turn":2,"turn":3}],"tools":[{"turn":4}]}}"#,
        r#"{"user":{"settings":{"a":1,"b":2,"a":3}}}"#,
        r#"{"result":{"result":[1,2]}}"#,
        r#"{"result":{"count":null,"result":[1,2]}}"#,
        r#"{"history":{"tools":[{"result":"x","name":"a"},{"name":"a","result":"x"},{"result":[1],"name":"b"}]}}"#,
    ] {
        assert!(all_taken(text), "{text}");
    }
}

/// Space between the parts of a text.
fn space() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "", " ", "\n", "\r\n\t"])
}

/// JSON of any form.
fn json() -> impl Strategy<Value = String> {
    let float = any::<f64>().prop_filter_map("no JSON", |float| serde_json::to_string(&float).ok());
    let decimal = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?";
    let text = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap_or_default());
    let word = prop::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned);
    let leaf = prop_oneof![float, decimal, text, word, any::<i64>().prop_map(|int| int.to_string())];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let list = (prop::collection::vec(inner.clone(), 0..4), space());
        let map = (prop::collection::vec(("[a-c]{0,2}", inner, space()), 0..4), space());
        prop_oneof![
            list.prop_map(|(items, space)| format!("[{space}{}]", items.join(&format!("{space},")))),
            map.prop_map(|(entries, space)| {
                let entries =
                    entries.iter().map(|(key, value, space)| format!("\"{key}\"{space}:{space}{value}"));
                format!("{{{space}{}}}", entries.collect::<Vec<_>>().join(&format!(",{space}")))
            }),
        ]
    })
}

/// An object in which some of these keys have a value of any form, or one that probably fits.
fn object(keys: &'static [&'static str]) -> impl Strategy<Value = String> {
    let fits =
        ["1", "0.5", "\"info\"", "true", "{}", "[]", "null", "\"a\"", r#"[{"role":"user","content":1}]"#];
    let value = prop_oneof![4 => prop::sample::select(fits.to_vec()).prop_map(str::to_owned), 1 => json()];
    let entry = (prop::sample::select(keys), value, space());
    prop::collection::vec(entry, 0..5).prop_map(|entries| {
        let entries =
            entries.iter().map(|(key, value, space)| format!("{space}\"{key}\":{space}{value}{space}"));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
    })
}

fn context() -> impl Strategy<Value = String> {
    let call = object(&["name", "arguments", "result", "success", "timestamp", "duration_ms", "turn"]);
    let tools = prop::collection::vec(call, 0..4);
    (
        object(&["number", "token_usage", "context_usage", "iteration_count", "iteration_limit"]),
        (tools, object(&["messages", "failures", "total_tool_calls", "total_failures"])),
        object(&["id", "settings"]),
        object(&["id", "started_at", "duration_seconds"]),
        object(&["type", "source", "severity", "payload", "timestamp"]),
        object(&["tool_name", "success", "result", "error", "duration_ms", "count"]),
        json(),
    )
        .prop_map(|(turn, (tools, history), owner, session, event, result, state)| {
            let history = history.replacen('{', &format!("{{\"tools\":[{}],", tools.join(",")), 1).replace(",}", "}");
            format!(
                r#"{{"turn":{turn},"history":{history},"user":{owner},"session":{session},"event":{event},"result":{result},"state":{state}}}"#
            )
        })
}

proptest! {
    #[test]
    fn contexts_are_read_as_serde_reads_them(text in context()) {
        for row in SLOTS {
            taken(&text, Reads::of_slots([row.id]));
        }
        for reads in plans() {
            taken(&text, reads);
        }
    }

    #[test]
    fn values_are_those_of_serde(json in json()) {
        let mut scan = Scanner::new(&json);
        let data = scan.data().filter(|_| scan.end().is_some());
        prop_assert_eq!(format!("{data:?}"), format!("{:?}", serde_json::from_str::<Data>(&json).ok()));
        let mut scan = Scanner::new(&json);
        prop_assert_eq!(scan.pass().and_then(|()| scan.end()).is_some(), data.is_some());
    }

    #[test]
    fn broken_values_are_refused(json in json(), at in any::<prop::sample::Index>(), byte in "[\\x00-\\x7f]?") {
        let places: Vec<usize> = json.char_indices().map(|(at, _)| at).collect();
        let at = places[at.index(places.len())];
        let rest = json[at..].chars().next().map_or(0, char::len_utf8);
        let broken = format!("{}{byte}{}", &json[..at], &json[at + rest..]);
        let serde = serde_json::from_str::<Data>(&broken).ok();
        let mut scan = Scanner::new(&broken);
        let data = scan.data().filter(|_| scan.end().is_some());
        prop_assert_eq!(format!("{data:?}"), format!("{serde:?}"));
        let mut scan = Scanner::new(&broken);
        prop_assert_eq!(scan.pass().and_then(|()| scan.end()).is_some(), data.is_some());
    }
}
