//! Links in letters that need no session: what they carry is sealed, so that nobody can make one.

use secrecy::{ExposeSecret, SecretString};
use types::{AccountId, CommunityId, MemberId, Timestamp};

use crate::hex::{decode, hex};
use crate::secrets::Vault;

/// What a link may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Ends e-mail to a member.
    Unsubscribe {
        /// In which community.
        community: CommunityId,
        /// Whose.
        member: MemberId,
    },
    /// Confirms an account's address.
    Confirm {
        /// Whose.
        account: AccountId,
        /// The address.
        address: String,
        /// Until when the link works.
        until: Timestamp,
    },
}

/// A link that was changed, cut, or made with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this link is not one of ours")]
pub struct LinkError;

const UNSUBSCRIBE: &str = "link:unsubscribe";
const CONFIRM: &str = "link:confirm";

impl Link {
    /// The link's token: letters and digits.
    ///
    /// # Errors
    /// Never for what links carry.
    pub fn seal(&self, vault: &Vault) -> Result<String, LinkError> {
        let (purpose, plain) = match self {
            Self::Unsubscribe { community, member } => (UNSUBSCRIBE, format!("{community} {member}")),
            Self::Confirm { account, address, until } => (CONFIRM, format!("{account} {} {address}", until.millis())),
        };
        let sealed = vault.seal(purpose, &SecretString::from(plain)).map_err(|_| LinkError)?;
        Ok(hex(&sealed))
    }

    /// What an unsubscribe link carries.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn unsubscribe(vault: &Vault, token: &str) -> Result<Self, LinkError> {
        let plain = open(vault, UNSUBSCRIBE, token)?;
        let (community, member) = plain.expose_secret().split_once(' ').ok_or(LinkError)?;
        let community = community.parse().map_err(|_| LinkError)?;
        Ok(Self::Unsubscribe { community, member: member.parse().map_err(|_| LinkError)? })
    }

    /// What a confirming link carries.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn confirm(vault: &Vault, token: &str) -> Result<Self, LinkError> {
        let plain = open(vault, CONFIRM, token)?;
        let mut parts = plain.expose_secret().splitn(3, ' ');
        let (account, until, address) = (parts.next(), parts.next(), parts.next());
        let account = account.and_then(|id| id.parse().ok()).ok_or(LinkError)?;
        let until = until.and_then(|at| at.parse().ok()).map(Timestamp::from_millis).ok_or(LinkError)?;
        Ok(Self::Confirm { account, address: address.ok_or(LinkError)?.to_owned(), until })
    }
}

/// Longest token that is looked at.
const MAX_TOKEN_CHARS: usize = 2_000;

fn open(vault: &Vault, purpose: &str, token: &str) -> Result<SecretString, LinkError> {
    if token.len() > MAX_TOKEN_CHARS {
        return Err(LinkError);
    }
    let sealed = decode(token).ok_or(LinkError)?;
    vault.unseal(purpose, &sealed).map_err(|_| LinkError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_as_what_it_was_made_for_and_nothing_else() {
        let vault = Vault::ephemeral();
        let link = Link::Unsubscribe { community: CommunityId::NIL, member: MemberId::NIL };
        let token = link.seal(&vault).unwrap();
        assert_eq!(Link::unsubscribe(&vault, &token), Ok(link));
        assert_eq!(Link::confirm(&vault, &token), Err(LinkError));
        assert_eq!(Link::unsubscribe(&Vault::ephemeral(), &token), Err(LinkError));
        assert_eq!(Link::unsubscribe(&vault, &token[2..]), Err(LinkError));
        assert_eq!(Link::unsubscribe(&vault, "zz"), Err(LinkError));
        let link = Link::Confirm { account: AccountId::NIL, address: "a b@x.example".into(), until: Timestamp(5) };
        assert_eq!(Link::confirm(&vault, &link.seal(&vault).unwrap()), Ok(link));
    }
}
