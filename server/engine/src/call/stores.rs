//! The data stores of the action and of the policy, with what this evaluation wrote.

use std::collections::BTreeMap;

use types::Json;

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// The action's own, shared by all its policies.
    Action,
    /// The policy's.
    Policy,
}

/// Both stores. Values are copied only when they are written.
#[derive(Debug, Default)]
pub(crate) struct Stores {
    action: BTreeMap<String, Option<Json>>,
    policy: BTreeMap<String, Option<Json>>,
    bytes: [usize; 2],
}

impl Stores {
    fn written(&self, store: Store) -> &BTreeMap<String, Option<Json>> {
        match store {
            Store::Action => &self.action,
            Store::Policy => &self.policy,
        }
    }

    /// What this evaluation wrote under `key`: `Some(None)` where it removed it.
    pub fn get(&self, store: Store, key: &str) -> Option<Option<&Json>> {
        self.written(store).get(key).map(Option::as_ref)
    }

    /// How many keys this evaluation wrote.
    pub fn n_written(&self, store: Store) -> usize {
        self.written(store).len()
    }

    /// The keys as they stand, given those the request held.
    pub fn keys(&self, store: Store, stored: &BTreeMap<String, Json>) -> Vec<String> {
        let written = self.written(store);
        let mut keys: Vec<String> =
            stored.keys().filter(|key| !matches!(written.get(*key), Some(None))).cloned().collect();
        keys.extend(
            written
                .iter()
                .filter(|(key, value)| value.is_some() && !stored.contains_key(*key))
                .map(|(key, _)| key.clone()),
        );
        keys.sort();
        keys
    }

    /// Writes, and answers how many bytes this evaluation has written to the store.
    pub fn set(&mut self, store: Store, key: &str, value: Option<Json>, bytes: usize) -> usize {
        let (written, total) = match (store, &mut self.bytes) {
            (Store::Action, [action, _]) => (&mut self.action, action),
            (Store::Policy, [_, policy]) => (&mut self.policy, policy),
        };
        written.insert(key.to_owned(), value);
        *total = total.saturating_add(bytes);
        *total
    }
}
