//! A name server (RFC 1035) that may change its mind with each answer.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, UdpSocket};
use std::sync::{Arc, Mutex};

const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;
/// Points to the name that was asked for, which begins behind the head (section 4.1.4).
const ASKED: [u8; 2] = [0xc0, 12];

/// What a name leads to.
#[derive(Clone)]
pub struct Answer {
    /// Another name of the same place, which is then said to have the addresses.
    pub alias: Option<&'static str>,
    pub addresses: Vec<IpAddr>,
}

impl Answer {
    pub fn of(addresses: &[&str]) -> Self {
        let addresses = addresses.iter().map(|text| text.parse());
        Self {
            alias: None,
            addresses: addresses.collect::<Result<_, _>>().expect("addresses"),
        }
    }
}

/// Answers at port 53 of the loopback for as long as the process runs.
#[derive(Clone)]
pub struct Names(Arc<Mutex<HashMap<&'static str, Name>>>);

struct Name {
    /// One for each look-up; the last one stays.
    answers: VecDeque<Answer>,
    asked: usize,
}

impl Names {
    pub fn serve(zone: impl IntoIterator<Item = (&'static str, Vec<Answer>)>) -> Self {
        let name = |answers: Vec<Answer>| Name {
            answers: answers.into(),
            asked: 0,
        };
        let zone = zone
            .into_iter()
            .map(|(known, answers)| (known, name(answers)));
        let names = Self(Arc::new(Mutex::new(zone.collect())));
        let socket = UdpSocket::bind("127.0.0.1:53").expect("the port of name servers");
        let serving = names.clone();
        std::thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question) {
                if let Some(answer) = serving.answer(&question[..length]) {
                    socket.send_to(&answer, from).expect("sent");
                }
            }
        });
        names
    }

    /// How often the name's IPv4 addresses were asked for.
    pub fn asked(&self, name: &str) -> usize {
        self.0.lock().expect("no panic")[name].asked
    }

    fn answer(&self, question: &[u8]) -> Option<Vec<u8>> {
        let (name, end) = read_name(question, 12)?;
        let kind = u16::from_be_bytes(question.get(end..end + 2)?.try_into().ok()?);
        let found = self.look_up(&name, kind);
        let records = records(&found, kind);
        // An answer, authoritative, and whether there is such a name.
        let flags = [0x84, if found.is_some() { 0 } else { 3 }];
        let count = u16::try_from(records.len()).ok()?.to_be_bytes();
        let head = [&question[..2], &flags, &[0, 1], &count, &[0; 4]].concat();
        let question = question.get(12..end + 4)?;
        Some([head, question.to_vec(), records.concat()].concat())
    }

    fn look_up(&self, name: &str, kind: u16) -> Option<Answer> {
        let mut zone = self.0.lock().expect("no panic");
        let name = zone.get_mut(name)?;
        if kind != A {
            return name.answers.front().cloned();
        }
        name.asked += 1;
        match name.answers.len() {
            0 | 1 => name.answers.front().cloned(),
            _ => name.answers.pop_front(),
        }
    }
}

/// A name in a message, and where it ends.
fn read_name(message: &[u8], mut at: usize) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        let label = message.get(at..at + length)?;
        labels.push(String::from_utf8_lossy(label).to_lowercase());
        at += length;
    }
}

fn records(answer: &Option<Answer>, kind: u16) -> Vec<Vec<u8>> {
    let Some(answer) = answer else {
        return Vec::new();
    };
    let mut owner = ASKED.to_vec();
    let mut records = Vec::new();
    if let Some(alias) = answer.alias {
        let labels = alias
            .split('.')
            .map(|label| [&[label.len() as u8], label.as_bytes()].concat());
        let alias = [labels.collect::<Vec<_>>().concat(), vec![0]].concat();
        records.push(record(&owner, CNAME, &alias));
        owner = alias;
    }
    for address in &answer.addresses {
        match (address, kind) {
            (IpAddr::V4(address), A) => records.push(record(&owner, A, &address.octets())),
            (IpAddr::V6(address), AAAA) => records.push(record(&owner, AAAA, &address.octets())),
            _ => {}
        }
    }
    records
}

/// A record that nobody may keep: its time to live is 0.
fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short text");
    let (kind, length) = (kind.to_be_bytes(), length.to_be_bytes());
    [owner, &kind, &[0, 1], &[0; 4], &length, data].concat()
}
