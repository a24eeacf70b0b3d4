//! The layers that Linux has.

use std::collections::BTreeMap;
use std::time::Duration;

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus, Scope};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigEvent, SigevNotify, Signal};
use nix::sys::time::TimeSpec;
use nix::sys::timer::{Expiration, Timer, TimerSetTimeFlags};
use nix::time::ClockId;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use super::{Layer, LayerReport};

/// Puts on what binds the whole process, or is inherited by threads started later.
#[must_use]
pub fn before_the_thread(address_space_bytes: u64) -> Vec<LayerReport> {
    let errno = |error: nix::errno::Errno| error.to_string();
    vec![
        LayerReport::of(Layer::ParentDeath, prctl::set_pdeathsig(Signal::SIGKILL).map_err(errno)),
        LayerReport::of(Layer::NotDumpable, prctl::set_dumpable(false).map_err(errno)),
        LayerReport::of(Layer::NoNewPrivileges, prctl::set_no_new_privs().map_err(errno)),
        LayerReport::of(Layer::Landlock, forbid_files_and_ports()),
        LayerReport::of(Layer::ResourceLimits, limit_resources(address_space_bytes).map_err(errno)),
    ]
}

/// Puts on what would forbid starting a thread: it binds all threads that there are.
#[must_use]
pub fn in_the_thread() -> Vec<LayerReport> {
    vec![LayerReport::of(Layer::SystemCalls, forbid_system_calls().map_err(|error| error.to_string()))]
}

/// Every access to files, ports and other processes, and no exception.
fn forbid_files_and_ports() -> Result<(), String> {
    let abi = ABI::V6;
    let restrict = || {
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .scope(Scope::from_all(abi))?
            .create()?
            .restrict_self()
    };
    match restrict().map_err(|error: landlock::RulesetError| error.to_string())?.ruleset {
        RulesetStatus::FullyEnforced => Ok(()),
        RulesetStatus::PartiallyEnforced => Err("in part: this kernel knows fewer rules".to_owned()),
        RulesetStatus::NotEnforced => Err("this kernel has none".to_owned()),
    }
}

fn limit_resources(address_space_bytes: u64) -> nix::Result<()> {
    /// Standard input, output and error, and none besides.
    const OPEN_FILES: u64 = 3;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    setrlimit(Resource::RLIMIT_FSIZE, 0, 0)?;
    setrlimit(Resource::RLIMIT_AS, address_space_bytes, address_space_bytes)?;
    setrlimit(Resource::RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES)
}

/// Two filters, the stricter answer of which counts. The C library looks at a file under /proc when it gives memory back:
/// the first filter tells it that it may not, for the second would end a healthy worker.
fn forbid_system_calls() -> Result<(), seccompiler::Error> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    let refused = openers().into_iter().map(|call| (call, Vec::new())).collect();
    let denied = SeccompAction::Errno(libc::EACCES.unsigned_abs());
    let refusing = SeccompFilter::new(refused, SeccompAction::Allow, denied, architecture)?;
    let killing = SeccompFilter::new(allowed()?, SeccompAction::KillProcess, SeccompAction::Allow, architecture)?;
    for filter in [refusing, killing] {
        seccompiler::apply_filter_all_threads(&BpfProgram::try_from(filter)?)?;
    }
    Ok(())
}

fn openers() -> Vec<i64> {
    vec![
        libc::SYS_openat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_open,
    ]
}

/// What a healthy worker calls: the pipes, memory that is not executable, threads' bookkeeping, ending itself.
fn allowed() -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let always = [
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_close,
        libc::SYS_brk,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_futex,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_clock_gettime,
        libc::SYS_timer_settime,
        libc::SYS_timer_delete,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = always.into_iter().map(|call| (call, Vec::new())).collect();
    rules.extend(openers().into_iter().map(|call| (call, Vec::new())));

    // Memory may be mapped, but never so that what was written there can be executed.
    let executable = u64::from(libc::PROT_EXEC.unsigned_abs());
    let not_executable = || SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(executable), 0);
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![SeccompRule::new(vec![not_executable()?])?]);
    }
    // Aborting sends a signal, to nobody but oneself.
    let own_pid = u64::from(std::process::id());
    let to_itself = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, own_pid)?;
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![to_itself])?]);
    Ok(rules)
}

/// Ends the process with SIGALRM when one request takes too much processor time.
///
/// The parent measures wall-clock time; this is for when the parent is stuck. Waiting for a request costs no processor
/// time, so the timer need not be stopped in between.
pub struct Watchdog {
    timer: Timer,
    limit: TimeSpec,
}

impl Watchdog {
    /// A watchdog that has not started yet.
    ///
    /// # Errors
    /// What the system said.
    pub fn new(limit: Duration) -> Result<Self, String> {
        let event = SigEvent::new(SigevNotify::SigevSignal { signal: Signal::SIGALRM, si_value: 0 });
        let timer = Timer::new(ClockId::CLOCK_PROCESS_CPUTIME_ID, event).map_err(|error| error.to_string())?;
        Ok(Self { timer, limit: TimeSpec::from_duration(limit) })
    }

    /// Gives the next request its time.
    pub fn arm(&mut self) {
        // It cannot fail for a timer that exists and a length that is positive; and the parent watches besides.
        let _ = self.timer.set(Expiration::OneShot(self.limit), TimerSetTimeFlags::empty());
    }
}
