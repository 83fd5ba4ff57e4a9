//! A server that gives its answers one after the other, the last one again and again.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

pub struct Server {
    pub url: String,
    sent: Arc<AtomicUsize>,
}

impl Server {
    /// Listens until the process ends; an answer of `null` closes the connection.
    pub fn start(answers: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&sent);
        thread::spawn(move || {
            let answers = answers.as_array().unwrap();
            for stream in listener.incoming() {
                let at = count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
                let _ = answer(stream.unwrap(), &answers[at]);
            }
        });
        Self { url, sent }
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, answer: &Value) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    if answer.is_null() {
        return Ok(());
    }
    let body = answer["body"].as_str().unwrap();
    write!(stream, "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n", answer["status"], body.len())?;
    for header in answer["headers"].as_array().unwrap() {
        write!(stream, "{}: {}\r\n", header[0].as_str().unwrap(), header[1].as_str().unwrap())?;
    }
    write!(stream, "\r\n{body}")
}
