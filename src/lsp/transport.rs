//! Messages in frames over two streams. What is no message is answered, and the next one read.

use lsp_server::Message;
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};

/// The largest message that is read, in bytes.
const LARGEST: u64 = 512 << 20;
/// The longest header line.
const LONGEST_HEADER: u64 = 8192;

/// What stands in a frame.
#[derive(Debug)]
pub enum Frame {
    /// A message.
    Message(Message),
    /// Something else, or the error that answers it.
    Malformed {
        /// The id of the request; null where it has none that can be read.
        id: Value,
        /// The code of JSON-RPC.
        code: i32,
        /// What is wrong.
        message: String,
    },
}

/// JSON-RPC: the text is no JSON.
const PARSE_ERROR: i32 = -32700;
/// JSON-RPC: the JSON is no request.
const INVALID_REQUEST: i32 = -32600;

/// Reads the next frame that says something; nothing at the end of the stream.
///
/// # Errors
/// Those of the stream.
pub fn read(input: &mut dyn BufRead) -> io::Result<Option<Frame>> {
    while let Some(length) = header(input)? {
        let frame = if length > LARGEST {
            if io::copy(&mut (&mut *input).take(length), &mut io::sink())? < length {
                return Ok(None);
            }
            let message =
                format!("a message of {length} bytes is larger than {LARGEST} bytes, and was left out");
            Some(Frame::Malformed { id: Value::Null, code: INVALID_REQUEST, message })
        } else {
            // Not allocated before it is there: the number may be anything.
            let mut bytes = Vec::new();
            if ((&mut *input).take(length).read_to_end(&mut bytes)? as u64) < length {
                return Ok(None);
            }
            frame(&bytes)
        };
        if frame.is_some() {
            return Ok(frame);
        }
    }
    Ok(None)
}

/// The frame with this content; nothing for an answer that says nothing.
fn frame(bytes: &[u8]) -> Option<Frame> {
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => {
            let message = format!("a message is no JSON: {error}");
            return Some(Frame::Malformed { id: Value::Null, code: PARSE_ERROR, message });
        }
    };
    let id = value.get("id").filter(|id| id.is_string() || id.is_i64()).cloned().unwrap_or(Value::Null);
    if value.get("jsonrpc").is_some_and(|version| version != "2.0") {
        let message = "this is no message of JSON-RPC 2.0".to_owned();
        return Some(Frame::Malformed { id, code: INVALID_REQUEST, message });
    }
    let has_id = value.get("id").is_some();
    let answers = has_id && value.get("method").is_none();
    match serde_json::from_value(value) {
        Ok(Message::Notification(_)) if has_id => {
            let message = "the id of a request must be a string or a number of 32 bits".to_owned();
            Some(Frame::Malformed { id, code: INVALID_REQUEST, message })
        }
        Ok(message) => Some(Frame::Message(message)),
        // Nobody answers an answer.
        Err(_) if answers => None,
        Err(error) => {
            let message = format!("this is neither a request, a response nor a notification: {error}");
            Some(Frame::Malformed { id, code: INVALID_REQUEST, message })
        }
    }
}

/// The length of the content that follows; nothing at the end of the stream. Lines that are no
/// header are passed by, so that a stray line does not end the session.
fn header(input: &mut dyn BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut *input).take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        match (text.is_empty(), length) {
            (true, Some(length)) => return Ok(Some(length)),
            (true, None) => {}
            (false, _) => {
                let known =
                    text.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                if let Some((_, value)) = known {
                    length = value.trim().parse().ok();
                }
            }
        }
    }
}

/// Writes a frame.
///
/// # Errors
/// Those of the stream.
pub fn write(output: &mut dyn Write, message: &Frame) -> io::Result<()> {
    let value = match message {
        Frame::Message(message) => return message.write(&mut &mut *output),
        Frame::Malformed { id, code, message } => {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
        }
    };
    let text = value.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(content: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{content}", content.len())
    }

    #[test]
    fn what_is_no_message_is_named_and_the_next_is_read() {
        let request = r#"{"jsonrpc":"2.0","id":1,"method":"x"}"#;
        let stream = [
            framed("{ no json"),
            framed("[1,2]"),
            framed(r#"{"jsonrpc":"1.0","id":"a","method":"x"}"#),
            framed(r#"{"jsonrpc":"2.0","id":"an answer without a result"}"#),
            "noise without a colon\r\n".to_owned(),
            framed(request).replace("Content-Length", "Content-Type: x\r\ncontent-length"),
            "Content-Length: 50\r\n\r\n{}".to_owned(),
        ]
        .concat();
        let mut input = stream.as_bytes();
        let mut codes = Vec::new();
        let mut messages = 0;
        while let Some(frame) = read(&mut input).unwrap() {
            match frame {
                Frame::Malformed { code, id, .. } => codes.push((code, id)),
                Frame::Message(_) => messages += 1,
            }
        }
        assert_eq!(codes[0], (PARSE_ERROR, Value::Null));
        assert_eq!(codes[1], (INVALID_REQUEST, Value::Null));
        assert_eq!(codes[2], (INVALID_REQUEST, json!("a")));
        assert_eq!((codes.len(), messages), (3, 1));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut bytes = Vec::new();
        let request = lsp_server::Request::new(7.into(), "m".to_owned(), json!({"a": "\u{1F600}"}));
        write(&mut bytes, &Frame::Message(request.into())).unwrap();
        let malformed = Frame::Malformed { id: Value::Null, code: PARSE_ERROR, message: "\u{e9}".to_owned() };
        write(&mut bytes, &malformed).unwrap();
        let mut input = bytes.as_slice();
        assert!(matches!(read(&mut input).unwrap(), Some(Frame::Message(Message::Request(_)))));
        // The answer to what is no message has no id that a server could wait for.
        let answer = std::str::from_utf8(input).unwrap();
        let (header, content) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(header, format!("Content-Length: {}", content.len()));
        let answer: Value = serde_json::from_str(content).unwrap();
        let error = json!({"code": PARSE_ERROR, "message": "\u{e9}"});
        assert_eq!(answer, json!({"jsonrpc": "2.0", "id": null, "error": error}));
        assert!(read(&mut input).unwrap().is_none());
    }
}
