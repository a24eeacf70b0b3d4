//! What the host decides for boa: no code from text, no time zone, no jobs, and a clock that stands still.

use std::cell::Cell;
use std::rc::Rc;

use boa_engine::context::time::JsInstant;
use boa_engine::context::{Clock, HostHooks};
use boa_engine::job::{Job, JobExecutor};
use boa_engine::realm::Realm;
use boa_engine::{Context, JsNativeError, JsResult, JsString};

/// The hooks of every policy context.
pub(super) struct Hooks;

impl HostHooks for Hooks {
    fn ensure_can_compile_strings(
        &self,
        _realm: Realm,
        _parameters: &[JsString],
        _body: &JsString,
        _direct: bool,
        _context: &mut Context,
    ) -> JsResult<()> {
        Err(JsNativeError::eval().with_message("a policy cannot make code out of text").into())
    }

    fn local_timezone_offset_seconds(&self, _unix_time_seconds: i64) -> i32 {
        0
    }

    fn max_buffer_size(&self, _context: &mut Context) -> u64 {
        0
    }
}

/// The clock of an evaluation: it shows the request's moment and remembers that it was looked at.
#[derive(Debug, Default)]
pub(crate) struct PolicyClock {
    now_ms: Cell<i64>,
    was_read: Cell<bool>,
}

impl PolicyClock {
    pub fn set(&self, now_ms: i64) {
        self.now_ms.set(now_ms);
        self.was_read.set(false);
    }

    /// Whether it was looked at since the last time this was asked.
    pub fn take_was_read(&self) -> bool {
        self.was_read.replace(false)
    }
}

impl Clock for PolicyClock {
    fn now(&self) -> JsInstant {
        // boa asks this for timeouts only, and there are none.
        JsInstant::new(0, 0)
    }

    fn system_time_millis(&self) -> i64 {
        self.was_read.set(true);
        self.now_ms.get()
    }
}

/// No job is ever run: without promises and async functions there are none.
pub(super) struct NoJobs;

impl JobExecutor for NoJobs {
    fn enqueue_job(self: Rc<Self>, _job: Job, _context: &mut Context) {}

    fn run_jobs(self: Rc<Self>, _context: &mut Context) -> JsResult<()> {
        Ok(())
    }
}
