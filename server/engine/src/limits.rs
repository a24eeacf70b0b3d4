//! How much one evaluation may use.

use types::text::MAX_SOURCE_BYTES;

/// The limits of one evaluation. Exceeding one is an error of the policy with its own code, never a crash.
///
/// Wall-clock time and memory are not here: the process that runs the engine sets them from outside, because a regular
/// expression or a string operation can take any amount of either in one instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest source.
    ///
    /// # Units
    /// Bytes. The parser needs native stack in proportion to nesting, and nesting is bounded by length.
    pub source_bytes: usize,
    /// Deepest nesting of brackets in the source. boa's parser takes up to 60 KiB of native stack per level.
    pub bracket_depth: usize,
    /// Instructions of boa's virtual machine in one evaluation.
    ///
    /// 25 to 70 ns each, by what they do: a million take 25 to 70 ms. A policy without an end uses up to two and a half
    /// times as many until it is told so, which must fit into the worker's 250 ms. A predicate over 10,000 members
    /// takes 110,000.
    pub instructions: usize,
    /// Deepest chain of calls. boa takes native stack for callbacks out of native functions (`map`, `sort`).
    pub recursion: usize,
    /// Turns of one loop (and copies made by one `repeat`).
    pub loop_iterations: u64,
    /// Effects of one evaluation. A vote needs about five; a welcome of many is one effect with many addressees.
    pub effects: usize,
    /// Members that one message, reminder or ballot may address.
    pub addressees: usize,
    /// Longest message, question or reason.
    ///
    /// # Units
    /// Characters.
    pub text_chars: usize,
    /// Lines of `log`.
    pub log_lines: usize,
    /// All of `log` together.
    ///
    /// # Units
    /// Bytes.
    pub log_bytes: usize,
    /// Keys of one data store.
    pub data_keys: usize,
    /// One value of a data store, or one payload of `propose`, as JSON.
    ///
    /// # Units
    /// Bytes.
    pub value_bytes: usize,
    /// Everything written to one data store, as JSON.
    ///
    /// # Units
    /// Bytes.
    pub data_bytes: usize,
    /// Deepest nesting of a value that leaves the policy.
    pub value_depth: usize,
    /// Most values inside one value that leaves the policy.
    pub value_nodes: usize,
    /// HTTP requests of one evaluation: each costs a round trip through the parent process.
    pub http_requests: usize,
    /// Look-ups at platforms of one evaluation.
    pub lookups: usize,
    /// Actions that one `actions.where` returns at most.
    pub past_actions: u32,
    /// How many policies may call each other in a chain.
    pub composition_depth: usize,
    /// How often the parent loads what [`types::Evaluation::NeedsFacts`] names before it gives up with `fact-loop`.
    pub fact_rounds: usize,
    /// Evaluations after which a warm context is built anew: some JavaScript leaves traces in boa's shapes.
    pub calls_per_context: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: MAX_SOURCE_BYTES,
            bracket_depth: 100,
            instructions: 1_000_000,
            recursion: 200,
            loop_iterations: 1_000_000,
            effects: 100,
            addressees: 20_000,
            text_chars: 4_000,
            log_lines: 200,
            log_bytes: 16 * 1024,
            data_keys: 200,
            value_bytes: 64 * 1024,
            data_bytes: 256 * 1024,
            value_depth: 32,
            value_nodes: 20_000,
            http_requests: 8,
            lookups: 500,
            past_actions: 1_000,
            composition_depth: 8,
            fact_rounds: 16,
            calls_per_context: 1_000,
        }
    }
}
