//! The worker: confines itself, then answers one request after the other until its parent closes the pipe.

use std::cell::RefCell;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use engine::{Engine, Limits, STACK_BYTES};

use super::confinement::{self, Layer, LayerReport, Watchdog};
use super::frame::{self, Answer, Call, FrameError, Hello, MAX_ANSWER_BYTES, MAX_CALL_BYTES, Reply};
use super::heap;
use crate::cli::WorkerArgs;
use crate::simulate::work::{self, Work};

/// Address space besides heap and stack: the program itself, and what the C library reserves without using.
///
/// # Units
/// Bytes. A debug build maps some 300 MiB.
const OTHER_ADDRESS_SPACE_BYTES: usize = 1 << 30;

/// How a worker ends that could not understand or reach its parent.
const EXIT_PIPE: u8 = 76;

/// Warm contexts are dropped once the heap is this full, so that a policy finds room whatever ran before it: one part in
/// so many of the limit.
const FULL_FRACTION: u64 = 2;

/// Runs the worker to its end: `polity worker`.
#[must_use]
pub fn run(args: &WorkerArgs) -> ExitCode {
    // A panic may quote what a policy held, and nobody is to read that in a log. The exit status tells enough.
    std::panic::set_hook(Box::new(|_| {}));
    let address_space = args.heap_limit_bytes.saturating_add(STACK_BYTES).saturating_add(OTHER_ADDRESS_SPACE_BYTES);
    let layers = confinement::before_the_thread(u64::try_from(address_space).unwrap_or(u64::MAX));
    let args = *args;
    let thread = thread::Builder::new().name("policies".to_owned()).stack_size(STACK_BYTES);
    let ended = thread.spawn(move || serve(args, layers)).map(thread::JoinHandle::join);
    match ended {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(_))) | Err(_) => ExitCode::from(EXIT_PIPE),
        // What Rust's own main thread ends with on a panic.
        Ok(Err(_)) => ExitCode::from(101),
    }
}

fn serve(args: WorkerArgs, mut layers: Vec<LayerReport>) -> Result<(), FrameError> {
    let watchdog = Watchdog::new(Duration::from_millis(args.cpu_limit_ms));
    let (watchdog, outcome) = match watchdog {
        Ok(watchdog) => (Some(watchdog), Ok(())),
        Err(problem) => (None, Err(problem)),
    };
    // Shared, because simulation work gives each of its evaluations its own time.
    let watchdog = Rc::new(RefCell::new(watchdog));
    let rearm = move || {
        if let Ok(mut watchdog) = watchdog.try_borrow_mut()
            && let Some(watchdog) = watchdog.as_mut()
        {
            watchdog.arm();
        }
    };
    work::open_desk(Box::new(rearm.clone()));
    layers.push(LayerReport::of(Layer::Watchdog, outcome));
    heap::set_limit(args.heap_limit_bytes);
    layers.push(LayerReport::of(Layer::Heap, Ok(())));
    layers.extend(confinement::in_the_thread());

    let mut output = Output;
    frame::write(&mut output, &Hello { layers }, MAX_ANSWER_BYTES)?;
    let full = u64::try_from(args.heap_limit_bytes).unwrap_or(u64::MAX) / FULL_FRACTION;
    let mut input = io::stdin().lock();
    let mut engine = Engine::new(Limits::default());
    while let Some(call) = frame::read(&mut input, MAX_CALL_BYTES)? {
        rearm();
        let heap_bytes = heap::live_bytes();
        let reply = answer(&mut engine, call);
        frame::write(&mut output, &Answer { reply, heap_bytes }, MAX_ANSWER_BYTES)?;
        // The parent has its answer; cleaning up is on nobody's time.
        engine.collect();
        if heap::live_bytes() > full {
            engine.forget();
            work::forget();
        }
    }
    work::close_desk();
    Ok(())
}

fn answer(engine: &mut Engine, call: Call<'_>) -> Reply {
    match call {
        Call::Evaluate(request) => Reply::Evaluated(engine.evaluate_owned(request.into_owned())),
        Call::Check(source) => Reply::Checked(engine.check_syntax(&source)),
        Call::Work(work) => {
            let done = serde_json::from_str::<Work>(&work).ok().map(|work| work::perform(&work));
            Reply::Worked(done.and_then(|done| serde_json::to_string(&done).ok()))
        }
        Call::Ping => Reply::Pong,
        #[cfg(debug_assertions)]
        Call::Probe(probe) => Reply::Probed(super::probe::attempt(probe)),
    }
}

/// Standard output, unbuffered: Rust's own would cut messages at every byte that looks like the end of a line.
struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(nix::unistd::write(io::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
