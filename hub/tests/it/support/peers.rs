//! Peers of another time: TLS 1.0 and 1.1, and HTTP/2 where nobody asked for it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

/// What a server that knows nothing newer than TLS 1.0 or 1.1 answers to a hello.
#[derive(Clone, Copy, Debug)]
pub enum Old {
    /// A hello of its own version: 1 for TLS 1.0, 2 for TLS 1.1 (RFC 4346, section 7.4.1.3).
    Hello(u8),
    /// The alert `protocol_version` (section 7.2.2).
    Alert,
}

/// Listens on the loopback; the port, and what came after each connection's hello.
pub fn old_tls(old: Old) -> (u16, Receiver<Vec<u8>>) {
    let answer = match old {
        Old::Hello(minor) => server_hello(minor),
        Old::Alert => vec![21, 3, 1, 0, 2, 2, 70],
    };
    listen(move |mut stream| {
        let hello = record(&mut stream);
        assert_eq!(hello[5], 1, "it begins with a client's hello");
        // The client may have gone.
        let _ = stream.write_all(&answer);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        rest
    })
}

/// Answers the first request's head by frames of HTTP/2, without end; the port, and for each
/// connection what came, once the client has ended it.
pub fn http2_flood() -> (u16, Receiver<Vec<u8>>) {
    // SETTINGS, and CONTINUATION of a stream that nobody opened (RFC 9113, section 6).
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let continuation = [&[0, 64, 0, 9, 0, 0, 0, 0, 1][..], &[0; 64 << 8]].concat();
    listen(move |mut stream| {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
            head.push(byte[0]);
        }
        let _ = stream.write_all(&settings);
        while stream.write_all(&continuation).is_ok() {}
        head
    })
}

fn listen(serve: impl Fn(TcpStream) -> Vec<u8> + Send + 'static) -> (u16, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        // Until nobody listens any more.
        while let Ok((stream, _)) = listener.accept() {
            if tell.send(serve(stream)).is_err() {
                return;
            }
        }
    });
    (port, told)
}

/// One record with its head (RFC 8446, section 5.1).
fn record(stream: &mut TcpStream) -> Vec<u8> {
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).expect("a record");
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(5 + length, 0);
    stream.read_exact(&mut record[5..]).expect("a whole record");
    record
}

fn server_hello(minor: u8) -> Vec<u8> {
    let mut body = vec![3, minor];
    body.extend([7; 32]);
    // No session; TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, which every client offers; uncompressed.
    body.extend([0, 0xc0, 0x2f, 0]);
    let handshake = [&[2, 0, 0, body.len() as u8][..], &body].concat();
    [&[22, 3, minor, 0, handshake.len() as u8][..], &handshake].concat()
}
