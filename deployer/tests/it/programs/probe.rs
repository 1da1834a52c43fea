//! A server that does on command what a server must not be able to do, and
//! tells what came of it. One line per command, one line per answer: `ok …` or
//! `no <error>`. It needs nothing but the standard library.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, Error, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

unsafe extern "C" {
    fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn unshare(flags: c_int) -> c_int;
    fn mkfifo(path: *const c_char, mode: u32) -> c_int;
    fn mmap(
        at: *mut c_void,
        size: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: c_long,
    ) -> *mut c_void;
    fn syscall(number: c_long, ...) -> c_long;
    fn geteuid() -> u32;
    fn pause() -> c_int;
    fn _exit(code: c_int) -> !;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn ptrace(request: c_int, pid: c_int, address: c_long, data: c_long) -> c_long;
    fn mount(
        source: *const c_char,
        target: *const c_char,
        kind: *const c_char,
        flags: c_long,
        data: *const c_void,
    ) -> c_int;
    fn umount2(target: *const c_char, flags: c_int) -> c_int;
}

#[cfg(target_arch = "x86_64")]
mod number_of {
    pub const CLONE: std::ffi::c_long = 56;
    pub const KEYCTL: std::ffi::c_long = 250;
}
#[cfg(target_arch = "aarch64")]
mod number_of {
    pub const CLONE: std::ffi::c_long = 220;
    pub const KEYCTL: std::ffi::c_long = 219;
}

const CLONE_NEWUSER: c_long = 0x1000_0000;
const SIGKILL: c_int = 9;

type Answer = io::Result<String>;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).cloned()
    };
    let path = value("--socket").expect("--socket");
    let egress = value("--egress").unwrap_or_default();
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path).expect("bind");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).expect("chmod");
    println!("probe: listening with {arguments:?}");
    for stream in listener.incoming().flatten() {
        let (path, egress) = (path.clone(), egress.clone());
        // Small stacks, so that limits on memory are not met by threads.
        let serve = move || serve(&stream, &path, &egress);
        thread::Builder::new()
            .stack_size(64 * 1024)
            .spawn(serve)
            .expect("thread");
    }
}

fn serve(stream: &UnixStream, path: &str, egress: &str) {
    let mut answers = stream;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match obey(&words, path, egress) {
            Ok(text) => format!("ok {text}\n"),
            Err(error) => format!(
                "no {:?} {}\n",
                error.kind(),
                error.raw_os_error().unwrap_or(0)
            ),
        };
        if answers.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn obey(words: &[&str], path: &str, egress: &str) -> Answer {
    match *words {
        ["ping"] => Ok("pong".to_owned()),
        ["arguments"] => Ok(std::env::args().skip(1).collect::<Vec<_>>().join(" ")),
        ["environment"] => Ok(std::env::vars()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
            .join(" ")),
        ["user"] => Ok(unsafe { geteuid() }.to_string()),
        ["say", text] => done(writeln!(io::stdout(), "{text}")),
        ["chatter", lines] => chatter(number(lines)),
        ["exit", code] => std::process::exit(number(code) as i32),
        ["tcp", address] => TcpStream::connect_timeout(
            &address.parse().map_err(Error::other)?,
            Duration::from_secs(2),
        )
        .map(|_| String::new()),
        ["tcp-listen"] => TcpListener::bind("127.0.0.1:0").map(|_| String::new()),
        ["udp", address] => UdpSocket::bind("0.0.0.0:0")?
            .send_to(b"x", address)
            .map(|_| String::new()),
        ["family", family] => checked(unsafe { socket(number(family) as c_int, 2, 0) }),
        ["unix", to] => UnixStream::connect(to).map(|_| String::new()),
        ["abstract", name] => {
            UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?).map(|_| String::new())
        }
        ["egress"] => ask_egress(egress),
        ["read", file] => fs::read_to_string(file).map(|text| text.replace('\n', "|")),
        ["list", folder] => list(folder),
        ["list-own"] => list(folder_of(path)),
        ["write", file] => done(fs::write(file, "x")),
        ["write-own"] => done(fs::write(format!("{}/file", folder_of(path)), "x")),
        ["mkdir-own"] => done(fs::create_dir(format!("{}/folder", folder_of(path)))),
        ["fifo-own"] => {
            let name = CString::new(format!("{}/fifo", folder_of(path)))?;
            checked(unsafe { mkfifo(name.as_ptr(), 0o600) })
        }
        ["write-out"] => done(fs::write(format!("{}/file", folder_of(egress)), "x")),
        ["unlink-out"] => done(fs::remove_file(egress)),
        ["grow", file, bytes] => grow(OpenOptions::new().create(true), file, number(bytes)),
        ["append", file, bytes] => grow(&mut OpenOptions::new(), file, number(bytes)),
        ["link-own", target] => {
            fs::remove_file(path)?;
            done(std::os::unix::fs::symlink(target, path))
        }
        ["run", program] => Command::new(program)
            .status()
            .map(|status| status.to_string()),
        ["kill", pid] => checked(unsafe { kill(number(pid) as c_int, 0) }),
        ["unshare"] => checked(unsafe { unshare(0x0400_0000) }),
        ["userns"] => forked(CLONE_NEWUSER, 1),
        ["fork", most] => forked(0, number(most)),
        ["mount-own"] => mount_at(folder_of(path)),
        ["ptrace", pid] => trace(number(pid) as c_int),
        ["keyctl"] => keyring(),
        ["call", number_of, argument] => {
            let answer = unsafe {
                syscall(
                    number(number_of) as c_long,
                    number(argument) as c_long,
                    0,
                    0,
                    0,
                    0,
                    0,
                )
            };
            checked(answer as c_int)
        }
        ["threads", most] => Ok(threads(number(most)).to_string()),
        ["files", most] => Ok(files(number(most))?.to_string()),
        ["memory", megabytes] => private(number(megabytes)),
        ["shared", megabytes] => shared(number(megabytes)),
        _ => Err(Error::other("what?")),
    }
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or(0)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn done<T>(result: io::Result<T>) -> Answer {
    result.map(|_| String::new())
}

fn checked(answer: c_int) -> Answer {
    if answer < 0 {
        Err(Error::last_os_error())
    } else {
        Ok(answer.to_string())
    }
}

fn list(folder: &str) -> Answer {
    let names =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    Ok(names.collect::<io::Result<Vec<_>>>()?.join(" "))
}

fn chatter(lines: usize) -> Answer {
    let mut out = io::stdout().lock();
    for line in 0..lines {
        writeln!(out, "line {line} {}", "x".repeat(100))?;
    }
    done(out.flush())
}

fn ask_egress(path: &str) -> Answer {
    let mut stream = UnixStream::connect(path)?;
    stream.write_all(b"hello\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn grow(how: &mut OpenOptions, file: &str, bytes: usize) -> Answer {
    let mut file = how.append(true).open(file)?;
    file.write_all(&vec![b'x'; bytes])?;
    Ok(file.metadata()?.len().to_string())
}

/// How many processes can be had at once, and an error where it is none.
fn forked(flags: c_long, most: usize) -> Answer {
    const SIGCHLD: c_long = 17;
    let mut children = Vec::new();
    let mut refused = None;
    while children.len() < most && refused.is_none() {
        match unsafe { syscall(number_of::CLONE, flags | SIGCHLD, 0, 0, 0, 0) } as c_int {
            // Nothing but to wait for the end.
            0 => unsafe {
                pause();
                _exit(0)
            },
            pid @ 1.. => children.push(pid),
            _ => refused = Some(Error::last_os_error()),
        }
    }
    for &child in &children {
        unsafe {
            kill(child, SIGKILL);
            waitpid(child, std::ptr::null_mut(), 0);
        }
    }
    match refused {
        Some(error) if children.is_empty() => Err(error),
        _ => Ok(children.len().to_string()),
    }
}

/// Mounts over a folder, and takes it away again.
fn mount_at(folder: &str) -> Answer {
    let (folder, kind) = (CString::new(folder)?, c"tmpfs");
    checked(unsafe {
        mount(
            kind.as_ptr(),
            folder.as_ptr(),
            kind.as_ptr(),
            0,
            std::ptr::null(),
        )
    })?;
    checked(unsafe { umount2(folder.as_ptr(), 0) })
}

/// Stops another process, and lets it go on.
fn trace(pid: c_int) -> Answer {
    const ATTACH: c_int = 16;
    const DETACH: c_int = 17;
    const ANY_THREAD: c_int = 0x4000_0000;
    checked(unsafe { ptrace(ATTACH, pid, 0, 0) } as c_int)?;
    unsafe { waitpid(pid, std::ptr::null_mut(), ANY_THREAD) };
    checked(unsafe { ptrace(DETACH, pid, 0, 0) } as c_int)
}

/// The keyring of the session, made where there is none.
fn keyring() -> Answer {
    const GET_KEYRING_ID: c_long = 0;
    const SESSION: c_long = -3;
    let answer = unsafe { syscall(number_of::KEYCTL, GET_KEYRING_ID, SESSION, 1 as c_long) };
    checked(answer as c_int)
}

/// How many can be had at once, besides those that are there.
fn threads(most: usize) -> usize {
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    let started = (0..most)
        .map_while(|_| {
            let held = held.clone();
            let wait = move || drop(held.lock().map(|held| held.recv()));
            thread::Builder::new()
                .stack_size(64 * 1024)
                .spawn(wait)
                .ok()
        })
        .collect::<Vec<_>>();
    drop(hold);
    let count = started.len();
    for thread in started {
        let _ = thread.join();
    }
    count
}

fn files(most: usize) -> io::Result<usize> {
    let (end, _other) = UnixStream::pair()?;
    Ok((0..most)
        .map_while(|_| end.try_clone().ok())
        .collect::<Vec<UnixStream>>()
        .len())
}

fn private(megabytes: usize) -> Answer {
    let mut memory = Vec::<u8>::new();
    memory
        .try_reserve_exact(megabytes << 20)
        .map_err(|_| Error::from(io::ErrorKind::OutOfMemory))?;
    memory.resize(megabytes << 20, 1);
    Ok(memory
        .iter()
        .map(|&byte| usize::from(byte))
        .sum::<usize>()
        .to_string())
}

fn shared(megabytes: usize) -> Answer {
    const READ_WRITE: c_int = 3;
    const SHARED_ANONYMOUS: c_int = 0x21;
    let memory = unsafe {
        mmap(
            std::ptr::null_mut(),
            megabytes << 20,
            READ_WRITE,
            SHARED_ANONYMOUS,
            -1,
            0,
        )
    };
    if memory as isize == -1 {
        Err(Error::last_os_error())
    } else {
        Ok(String::new())
    }
}
