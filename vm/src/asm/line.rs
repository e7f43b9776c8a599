//! One line of a listing.

use crate::op::{CmpOp, OP_BYTES, Op, TABLE};
use crate::pack::ChunkBuf;

use super::Assembly;
use crate::value::Data;

/// Reads a line into the pack.
pub(super) fn read(line: &str, made: &mut Assembly) -> Result<(), String> {
    let code = without_comment(line).trim();
    if code.is_empty() {
        return Ok(());
    }
    if let Some(header) = code.strip_prefix("chunk ") {
        made.begin(chunk(header)?);
        return Ok(());
    }
    if let Some((name, json)) = code.split_once(" = ") {
        return entry(name, json, made);
    }
    let chunk = made.open.as_mut().ok_or("an instruction before the first `chunk` line")?;
    let op = instruction(code, chunk.code.len())?;
    chunk.code.push(op);
    Ok(())
}

/// The line up to a `;` that is in no text.
fn without_comment(line: &str) -> &str {
    let mut in_text = false;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            ';' if !in_text => return line.get(..at).unwrap_or_default(),
            _ => {}
        }
    }
    line
}

/// `0: 2 registers, 0 params, 0 settings`
fn chunk(header: &str) -> Result<ChunkBuf, String> {
    let (_, sizes) = header.split_once(':').ok_or("a `chunk` line without `:`")?;
    let mut chunk = ChunkBuf::default();
    for size in sizes.split(',') {
        let (number, what) = size.trim().split_once(' ').ok_or_else(|| format!("`{size}` is no size"))?;
        let number = number.parse().map_err(|_| format!("`{number}` is no size"))?;
        match what {
            "registers" => chunk.registers = number,
            "params" => chunk.params = number,
            "settings" => chunk.settings = number,
            _ => return Err(format!("chunks have no `{what}`; they have registers, params and settings")),
        }
    }
    Ok(chunk)
}

fn entry(name: &str, json: &str, made: &mut Assembly) -> Result<(), String> {
    let data: Data = serde_json::from_str(json).map_err(|error| format!("`{json}` is no JSON: {error}"))?;
    if name.starts_with("re") {
        let Data::Str(pattern) = data else { return Err(format!("`{name}` must be a text")) };
        in_order(name, "re", made.pack.patterns.len())?;
        made.pack.patterns.push(pattern.as_str().to_owned());
        return Ok(());
    }
    let chunk = made.open.as_mut().ok_or("a constant before the first `chunk` line")?;
    in_order(name, "k", chunk.consts.len())?;
    chunk.consts.push(data);
    Ok(())
}

fn in_order(name: &str, prefix: &str, next: usize) -> Result<(), String> {
    let wanted = format!("{prefix}{next}");
    if name == wanted { Ok(()) } else { Err(format!("`{name}` where `{wanted}` comes next")) }
}

fn instruction(code: &str, next: usize) -> Result<Op, String> {
    let mut words = words(code).into_iter().peekable();
    if let Some(address) = words.peek().and_then(|word| word.parse::<usize>().ok()) {
        if address != next {
            return Err(format!("address {address} where {next} comes next"));
        }
        words.next();
    }
    let mnemonic = words.next().unwrap_or_default();
    let row = TABLE.iter().find(|row| row.mnemonic == mnemonic);
    let row = row.ok_or_else(|| format!("`{mnemonic}` is no instruction"))?;
    let operands: Vec<String> = words.collect();
    if operands.len() != row.operands.len() {
        return Err(format!("`{mnemonic}` has the operands {}", row.operands.join(", ")));
    }
    let mut bytes = vec![row.opcode];
    for (word, width) in operands.iter().zip(row.widths) {
        let number = number(word).ok_or_else(|| format!("`{word}` is no operand"))?;
        bytes.extend(number.to_le_bytes().into_iter().take(*width));
    }
    bytes.resize(OP_BYTES, 0);
    let op = <[u8; OP_BYTES]>::try_from(bytes).ok().and_then(Op::decode);
    let op = op.ok_or_else(|| format!("`{code}` has an operand out of range"))?;
    // An operand of another sort, such as a constant where a slot belongs, shows in the other direction.
    let shown: Vec<String> = self::words(&op.to_string()).into_iter().skip(1).collect();
    if shown != operands {
        return Err(format!("`{mnemonic}` with these operands reads {}", shown.join(" ")));
    }
    Ok(op)
}

/// The words of a line; what stands between backquotes is one.
fn words(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (nth, part) in code.split('`').enumerate() {
        if nth % 2 == 1 {
            words.push(format!("`{part}`"));
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn number(word: &str) -> Option<u16> {
    if let Some(symbol) = word.strip_prefix('`').and_then(|word| word.strip_suffix('`')) {
        let at = CmpOp::ALL.iter().position(|op| op.symbol() == symbol)?;
        return u16::try_from(at).ok();
    }
    if let Some(at) = ["None", "True", "False"].iter().position(|name| *name == word) {
        return u16::try_from(at).ok();
    }
    let word = word.strip_suffix("..").unwrap_or(word);
    word.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '@').parse().ok()
}
