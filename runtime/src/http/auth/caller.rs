//! The caller of a request, and what a handler asks of them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use oracle_vm::value::Text;

use super::{Scope, Scopes};
use crate::http::Service;
use crate::http::error::{ApiError, Code};

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The user: whose settings, sessions and state every call is about.
    pub user: Text,
    /// What the token allows.
    pub scopes: Scopes,
}

impl Caller {
    fn of(parts: &Parts, service: &Service, needed: Scope) -> Result<Caller, ApiError> {
        let caller = service.caller(&parts.headers)?;
        if caller.scopes.allows(needed) {
            return Ok(caller);
        }
        Err(ApiError::new(
            Code::Forbidden,
            format!(
                "the token allows {}, this call needs `{needed}`: ask for a token with it",
                caller.scopes
            ),
        ))
    }
}

macro_rules! extractors {
    ($($(#[$doc:meta])* $name:ident: $scope:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::http) struct $name(pub(in crate::http) Caller);

        impl FromRequestParts<Service> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<$name, ApiError> {
                Caller::of(parts, service, Scope::$scope).map($name)
            }
        }
    )*};
}

extractors! {
    /// A caller who may read.
    Reads: Read,
    /// A caller who may send events.
    Evaluates: Evaluate,
    /// A caller who may change things.
    Manages: Manage,
}
