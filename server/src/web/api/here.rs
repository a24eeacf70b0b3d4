//! The community that a call is about, and what the caller may do there.

use std::sync::Arc;

use store::communities::Community;
use types::ActionType;
use types::member::{Member, Right};

use crate::views::count::Looker;
use crate::views::roster::Roster;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;
use crate::web::{access, keep};

/// One community, as one caller stands to it.
#[derive(Clone)]
pub struct Here {
    /// The community.
    pub community: Community,
    /// Its members, roles and rights.
    pub roster: Arc<Roster>,
    /// What the caller is here.
    pub standing: Standing,
}

/// What a caller is in a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The operator of the service.
    Operator,
    /// A program with a token of this community.
    Program,
    /// A member.
    Member(Member),
    /// Somebody else, where everybody may look.
    Visitor,
}

impl Here {
    /// Goes to the community of `slug` as `caller`.
    ///
    /// # Errors
    /// 404 where there is none, or where its existence is none of the caller's business.
    pub async fn enter(web: &Web, caller: &Caller, slug: &str) -> Result<Self, ApiError> {
        let unknown = || ApiError::not_found("community");
        let community = keep::community(web, slug).await?.ok_or_else(unknown)?;
        // Decided before anything of the community is read.
        if let Caller::Community { community: own, .. } = caller
            && *own != community.id
        {
            return Err(unknown());
        }
        let roster = keep::roster(web, community.id).await?;
        let standing = match caller {
            Caller::Operator => Standing::Operator,
            Caller::Community { .. } => Standing::Program,
            Caller::Person { account, .. } => {
                let member = keep::member_of(web, community.id, *account).await?;
                match member.and_then(|id| roster.member(id).cloned()) {
                    Some(member) => Standing::Member(member),
                    None if access::is_public(&community, web.is_demo()) => Standing::Visitor,
                    None => return Err(unknown()),
                }
            }
        };
        Ok(Self { community, roster, standing })
    }

    /// Goes to the community of `slug` without saying who one is.
    ///
    /// # Errors
    /// 404 where there is none that everybody may see.
    pub async fn look(web: &Web, slug: &str) -> Result<Self, ApiError> {
        let community = keep::community(web, slug).await?;
        let community = community.filter(|community| access::is_public(community, web.is_demo()));
        let community = community.ok_or_else(|| ApiError::not_found("community"))?;
        let roster = keep::roster(web, community.id).await?;
        Ok(Self { community, roster, standing: Standing::Visitor })
    }

    /// Only the operator and the community's own programs pass.
    ///
    /// # Errors
    /// 403 for members and visitors.
    pub fn managed(self) -> Result<Self, ApiError> {
        match self.standing {
            Standing::Operator | Standing::Program => Ok(self),
            Standing::Member(_) | Standing::Visitor => Err(ApiError::forbidden(
                "token-needed",
                "this takes the operator's token or one of this community; members propose such changes as actions",
            )),
        }
    }

    /// The member that the caller acts as: anyone for those with a token, only themselves for a person.
    ///
    /// # Errors
    /// 422 `unknown-member` under `field`, or 403 where it is somebody else.
    pub fn acting_as(&self, handle: &str, field: &str) -> Result<Member, ApiError> {
        match &self.standing {
            Standing::Operator | Standing::Program => self.roster.by_handle(handle).cloned().ok_or_else(|| {
                let shown: String = handle.chars().take(60).collect();
                let code = if field == "initiator" { "unknown-initiator" } else { "unknown-member" };
                ApiError::invalid(
                    code,
                    format!("there is no member '{shown}' in this community; GET …/members lists them"),
                )
                .at(field)
            }),
            Standing::Member(member) if member.handle == handle => Ok(member.clone()),
            Standing::Member(_) | Standing::Visitor => {
                Err(ApiError::forbidden("not-yourself", "a person acts for themselves only; send your own handle")
                    .at(field))
            }
        }
    }

    /// Whether the caller may see actions of type `kind`.
    #[must_use]
    pub fn sees(&self, kind: &ActionType) -> bool {
        match &self.standing {
            Standing::Operator | Standing::Program => true,
            Standing::Member(member) => self.roster.may(Some(member), Right::View, kind),
            Standing::Visitor => self.roster.may(None, Right::View, kind),
        }
    }

    /// How the caller looks at a vote.
    ///
    /// A community's own programs see what a member who has not voted sees. The operator is no member: they keep the service
    /// running, and the secrets of a vote are not theirs.
    #[must_use]
    pub fn looker(&self, has_voted: bool) -> Looker {
        match self.standing {
            Standing::Member(_) => Looker { is_member: true, has_voted },
            Standing::Program => Looker { is_member: true, has_voted: false },
            Standing::Operator | Standing::Visitor => Looker::default(),
        }
    }

    /// The member who is looking, where a member is.
    #[must_use]
    pub fn member(&self) -> Option<&Member> {
        match &self.standing {
            Standing::Member(member) => Some(member),
            _ => None,
        }
    }
}
