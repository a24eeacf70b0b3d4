//! The corpus of hostile policies, each against a pool that another community is using.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use types::{FactKey, Json};

use super::*;

/// Longest time that a hostile policy may hold its author up, and that anybody else may notice it: four limits for a
/// machine that is busy, twice because a crash is tried again, and the start of two workers.
pub const PATIENCE: Duration = Duration::from_secs(4);

/// A file of the corpus: its first line says `// expect: code|code in worker` (or `anywhere`); `passes` is no error.
struct Hostile {
    name: String,
    expected: Vec<String>,
    source: String,
}

fn corpus() -> Vec<Hostile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("engine/tests/hostile");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "js"));
    files.sort();
    files.iter().map(|path| Hostile::read(path)).collect()
}

/// The code with which the evaluation ends, as the pipeline would see it: what it asks for is answered, but not for ever.
async fn outcome(pool: &WorkerPool, attacker: CommunityId, source: &str) -> String {
    let mut request = request(source);
    for _ in 0..engine::Limits::default().fact_rounds {
        match pool.evaluate(attacker, Priority::Deciding, &request).await {
            Evaluation::Broke(error) => return error.code.as_str().to_owned(),
            Evaluation::Decided(_) => return "passes".to_owned(),
            Evaluation::NeedsFacts(keys) => {
                request.facts.lookups.extend(keys.into_iter().filter_map(|key| match key {
                    FactKey::Lookup { platform, name, member } => Some((platform, name, member, Json::default())),
                    _ => None,
                }));
            }
        }
    }
    ErrorCode::FactLoop.as_str().to_owned()
}

impl Hostile {
    fn read(path: &Path) -> Self {
        let source = fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let first = source.lines().next().unwrap_or_default();
        let expected = first
            .strip_prefix("// expect: ")
            .and_then(|rest| rest.split(" in ").next())
            .unwrap_or_else(|| panic!("{name} does not begin with // expect:"));
        Self { name, expected: expected.split('|').map(|code| code.trim().to_owned()).collect(), source }
    }

    /// On a busy machine the clock may run out before the instructions do.
    fn expects(&self, found: &str) -> bool {
        self.expected.iter().any(|code| code == found || (code == "fuel" && found == "time"))
    }
}

/// Evaluates the honest policy for another community until told to stop, and answers with the longest it had to wait.
async fn honest_community(pool: Arc<WorkerPool>, is_done: Arc<AtomicBool>) -> (usize, Duration) {
    let (mut n, mut longest) = (0, Duration::ZERO);
    while !is_done.load(Ordering::SeqCst) {
        let since = Instant::now();
        assert_clean(&decide(&pool, community(1), HONEST).await);
        longest = longest.max(since.elapsed());
        n += 1;
    }
    (n, longest)
}

/// Each ends as an error with its own code in time, nobody else waits long, nothing is left behind, and the policy that
/// noticed all this ran in the same workers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hostile_policy_ends_with_its_code_and_nobody_else_notices() {
    let corpus = corpus();
    assert!(corpus.len() >= 25, "only {} hostile policies", corpus.len());
    let pool = Arc::new(pool(options(2)).await);
    let is_done = Arc::new(AtomicBool::new(false));
    let honest = tokio::spawn(honest_community(Arc::clone(&pool), Arc::clone(&is_done)));

    let mut wrong = Vec::new();
    for (n, hostile) in corpus.iter().enumerate() {
        // A community each, so that one's penalty is not the next one's.
        let attacker = community(1_000 + n as u128);
        let since = Instant::now();
        let found = outcome(&pool, attacker, &hostile.source).await;
        let took = since.elapsed();
        if !hostile.expects(&found) {
            wrong.push(format!("{}: expected {:?}, found {found}", hostile.name, hostile.expected));
        }
        if took > PATIENCE {
            wrong.push(format!("{}: took {took:?}", hostile.name));
        }
    }
    is_done.store(true, Ordering::SeqCst);
    let (n_honest, longest) = honest.await.unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(longest < PATIENCE, "another community waited {longest:?}");
    assert!(n_honest > corpus.len(), "another community got only {n_honest} answers");
    println!("{} hostile policies; {n_honest} honest evaluations meanwhile, longest {longest:?}", corpus.len());
    pool.shutdown().await;
}

/// One worker, so that every honest evaluation runs exactly where the hostile one before it ran, warm.
#[tokio::test]
async fn nothing_leaks_into_the_next_evaluation() {
    let pool = pool(options(1)).await;
    for source in [
        "let leaked = 1; globalThis.leaked = 1; function check() { globalThis.leaked = 2; return PASSED }",
        "function check() { Object.prototype.polluted = 1; return PASSED }",
        "function check() { Array.prototype.map = () => [9]; return PASSED }",
        "function check() { ({}).__proto__.stolen = 1; return PASSED }",
        "function check() { ({}).constructor.prototype.stolen = 1; return PASSED }",
        "function check() { JSON.stringify = () => 'x'; return PASSED }",
        "function check() { members.count = 0; members.all = () => []; return PASSED }",
        "function check() { Array.prototype[Symbol.iterator] = function* () { yield 9 }; return PASSED }",
    ] {
        let _ = decide(&pool, community(2), source).await;
        for _ in 0..2 {
            assert_clean(&decide(&pool, community(1), HONEST).await);
        }
    }
    pool.shutdown().await;
}

/// Source is parsed in a worker only: what brings a parser down brings that worker down.
#[tokio::test]
async fn a_source_that_brings_the_parser_down_is_an_error() {
    let pool = pool(options(1)).await;
    assert_eq!(pool.check(community(1), HONEST).await, Ok(()));
    let error = pool.check(community(1), "function check( {").await.unwrap_err();
    assert_eq!((error.code, error.line), (ErrorCode::Syntax, 1));
    for deep in ["(".repeat(60_000), format!("function check() {{ return {}1 }}", "-".repeat(60_000))] {
        assert!(pool.check(community(1), &deep).await.is_err());
    }
    assert_clean(&decide(&pool, community(1), HONEST).await);
    pool.shutdown().await;
}
