//! Who is next: decisions before simulations, communities in turn, policies where they are warm.

use std::collections::{HashMap, VecDeque};

use types::CommunityId;

use super::Priority;

/// Whose work it is, as far as limits and blame go: what an author simulates counts neither for nor against decisions.
pub type Tenant = (CommunityId, Priority);

/// The worker that serves a community whose policies had to be stopped: the others stay free for everyone else.
pub const PENALTY_SLOT: usize = 0;

/// Communities looked at, from the one whose turn it is, for a job whose policy is warm on the worker that asks.
const LOOK_AHEAD: usize = 8;

/// How often a community's turn may go to a later one for the sake of warmth. Compiling a policy costs about two checks, so
/// waiting for more than a few is no gain to anyone.
const MAX_PASSED_OVER: u32 = 4;

/// After so many decisions in a row a simulation has its turn, so that under full load it is slow but not stopped.
const DECISIONS_IN_A_ROW: u32 = 32;

/// Something to be done by a worker.
pub trait Waiting {
    /// Which worker has most likely seen the policy before.
    fn preferred_slot(&self) -> usize;
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
}

/// The queue of all communities.
pub struct FairQueue<J> {
    deciding: Lane<J>,
    simulating: Lane<J>,
    n_decisions_in_a_row: u32,
}

struct Lane<J> {
    /// Communities with something in the queue, the one whose turn it is first.
    turns: VecDeque<CommunityId>,
    jobs: HashMap<CommunityId, VecDeque<J>>,
    n_passed_over: u32,
    capacity: usize,
}

/// What a worker may take.
pub struct Allowed<'a> {
    /// The worker.
    pub slot: usize,
    /// Whether it may simulate.
    pub may_simulate: bool,
    /// Whether a tenant's policies had to be stopped lately.
    pub is_penalised: &'a dyn Fn(Tenant) -> bool,
}

impl Allowed<'_> {
    fn may_serve(&self, tenant: Tenant) -> bool {
        self.slot == PENALTY_SLOT || !(self.is_penalised)(tenant)
    }
}

impl<J: Waiting> FairQueue<J> {
    /// An empty queue that holds at most so many jobs of one community.
    #[must_use]
    pub fn new(max_deciding: usize, max_simulating: usize) -> Self {
        Self { deciding: Lane::new(max_deciding), simulating: Lane::new(max_simulating), n_decisions_in_a_row: 0 }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deciding.turns.is_empty() && self.simulating.turns.is_empty()
    }

    /// How many jobs wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.deciding.len() + self.simulating.len()
    }

    /// Appends a job, or gives it back where its community has too many.
    ///
    /// # Errors
    /// The job.
    pub fn push(&mut self, (community, priority): Tenant, job: J) -> Result<(), J> {
        match priority {
            Priority::Deciding => self.deciding.push(community, job),
            Priority::Simulating => self.simulating.push(community, job),
        }
    }

    /// Takes the next job that this worker may do.
    pub fn pop(&mut self, allowed: &Allowed<'_>) -> Option<(Tenant, J)> {
        let is_simulations_turn = allowed.may_simulate && self.n_decisions_in_a_row >= DECISIONS_IN_A_ROW;
        if is_simulations_turn && let Some(job) = self.pop_simulation(allowed) {
            return Some(job);
        }
        if let Some((community, job)) = self.deciding.pop(allowed, Priority::Deciding) {
            self.n_decisions_in_a_row = self.n_decisions_in_a_row.saturating_add(1);
            return Some(((community, Priority::Deciding), job));
        }
        if allowed.may_simulate { self.pop_simulation(allowed) } else { None }
    }

    fn pop_simulation(&mut self, allowed: &Allowed<'_>) -> Option<(Tenant, J)> {
        self.n_decisions_in_a_row = 0;
        let (community, job) = self.simulating.pop(allowed, Priority::Simulating)?;
        Some(((community, Priority::Simulating), job))
    }
}

impl<J: Waiting> Lane<J> {
    fn new(capacity: usize) -> Self {
        Self { turns: VecDeque::new(), jobs: HashMap::new(), n_passed_over: 0, capacity }
    }

    fn len(&self) -> usize {
        self.jobs.values().map(VecDeque::len).sum()
    }

    fn push(&mut self, community: CommunityId, job: J) -> Result<(), J> {
        let jobs = self.jobs.entry(community).or_insert_with(|| {
            self.turns.push_back(community);
            VecDeque::new()
        });
        if jobs.len() >= self.capacity {
            return Err(job);
        }
        jobs.push_back(job);
        Ok(())
    }

    /// The next job that somebody still waits for: browsers go away, requests time out.
    fn pop(&mut self, allowed: &Allowed<'_>, priority: Priority) -> Option<(CommunityId, J)> {
        loop {
            let turn = self.choose(allowed, priority)?;
            let community = self.turns.remove(turn)?;
            let jobs = self.jobs.get_mut(&community)?;
            let job = jobs.pop_front()?;
            if jobs.is_empty() {
                self.jobs.remove(&community);
            } else if job.is_abandoned() {
                // What nobody waits for does not use up the community's turn.
                self.turns.push_front(community);
            } else {
                self.turns.push_back(community);
            }
            if !job.is_abandoned() {
                return Some((community, job));
            }
        }
    }

    /// Whose turn it is for this worker: the first it may serve, or one soon after whose policy is warm there.
    fn choose(&mut self, allowed: &Allowed<'_>, priority: Priority) -> Option<usize> {
        let may_serve = |community: &CommunityId| allowed.may_serve((*community, priority));
        let first = self.turns.iter().position(may_serve)?;
        if self.n_passed_over < MAX_PASSED_OVER {
            let is_warm = |community: &CommunityId| {
                self.jobs.get(community).and_then(VecDeque::front).is_some_and(|j| j.preferred_slot() == allowed.slot)
            };
            let candidates = self.turns.iter().enumerate().skip(first).take(LOOK_AHEAD);
            let warm = candidates.filter(|(_, c)| may_serve(c)).find(|(_, c)| is_warm(c)).map(|(turn, _)| turn);
            if let Some(warm) = warm.filter(|warm| *warm != first) {
                self.n_passed_over += 1;
                return Some(warm);
            }
        }
        self.n_passed_over = 0;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Job {
        name: &'static str,
        slot: usize,
        abandoned: bool,
    }

    impl Waiting for Job {
        fn preferred_slot(&self) -> usize {
            self.slot
        }
        fn is_abandoned(&self) -> bool {
            self.abandoned
        }
    }

    fn job(name: &'static str, slot: usize) -> Job {
        Job { name, slot, abandoned: false }
    }

    fn community(n: u128) -> CommunityId {
        CommunityId(Uuid::from_u128(n))
    }

    fn names(queue: &mut FairQueue<Job>, slot: usize, penalised: &[CommunityId]) -> Vec<&'static str> {
        let is_penalised = |(community, _): Tenant| penalised.contains(&community);
        let allowed = Allowed { slot, may_simulate: true, is_penalised: &is_penalised };
        std::iter::from_fn(|| queue.pop(&allowed)).map(|(_, job)| job.name).collect()
    }

    const DECIDING: Priority = Priority::Deciding;

    #[test]
    fn a_community_that_floods_waits_for_itself_only() {
        let mut queue = FairQueue::new(100, 100);
        for name in ["a1", "a2", "a3"] {
            queue.push((community(1), DECIDING), job(name, 0)).unwrap();
        }
        queue.push((community(2), DECIDING), job("b1", 0)).unwrap();
        queue.push((community(3), DECIDING), job("c1", 0)).unwrap();
        assert_eq!(names(&mut queue, 0, &[]), ["a1", "b1", "c1", "a2", "a3"]);
    }

    #[test]
    fn decisions_go_before_simulations_but_do_not_stop_them() {
        let mut queue = FairQueue::new(100, 100);
        queue.push((community(1), Priority::Simulating), job("s", 0)).unwrap();
        for _ in 0..40 {
            queue.push((community(1), DECIDING), job("d", 0)).unwrap();
        }
        let order = names(&mut queue, 0, &[]);
        assert_eq!(order.iter().position(|name| *name == "s"), Some(DECISIONS_IN_A_ROW as usize));
    }

    #[test]
    fn a_warm_policy_may_go_first_but_nobody_is_passed_over_for_long() {
        let mut queue = FairQueue::new(100, 100);
        queue.push((community(1), DECIDING), job("cold", 1)).unwrap();
        for n in 2..12 {
            queue.push((community(n), DECIDING), job("warm", 0)).unwrap();
        }
        let order = names(&mut queue, 0, &[]);
        assert_eq!(order.iter().position(|name| *name == "cold"), Some(MAX_PASSED_OVER as usize));
    }

    #[test]
    fn a_penalised_community_is_served_by_one_worker_only() {
        let mut queue = FairQueue::new(100, 100);
        queue.push((community(1), DECIDING), job("bad", 1)).unwrap();
        queue.push((community(2), DECIDING), job("good", 1)).unwrap();
        assert_eq!(names(&mut queue, 1, &[community(1)]), ["good"]);
        assert_eq!(names(&mut queue, PENALTY_SLOT, &[community(1)]), ["bad"]);
        assert!(queue.is_empty());
    }

    #[test]
    fn queues_are_bounded_and_forget_what_nobody_waits_for() {
        let mut queue = FairQueue::new(2, 1);
        queue.push((community(1), DECIDING), Job { abandoned: true, ..job("gone", 0) }).unwrap();
        queue.push((community(1), DECIDING), job("here", 0)).unwrap();
        assert_eq!(queue.push((community(1), DECIDING), job("more", 0)), Err(job("more", 0)));
        queue.push((community(2), DECIDING), job("other", 0)).unwrap();
        assert_eq!(names(&mut queue, 0, &[]), ["here", "other"]);
    }
}
