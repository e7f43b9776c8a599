//! What a refused or failed request is told.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::EngineError;
use crate::state::StateError;

/// The body of every answer that is an error.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// What went wrong, for programs.
    #[schema(example = "not_found")]
    pub(super) error: &'static str,
    /// What went wrong and what to do, for people.
    pub(super) detail: String,
}

macro_rules! errors {
    ($($(#[doc = $doc:literal])* $name:ident = $status:literal $word:literal,)*) => {
        /// What can be wrong with a request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[doc = $doc])* $name,)* }

        /// Every code: its word, its status and what it means.
        pub const ERRORS: &[(Code, &str, u16, &str)] =
            &[$((Code::$name, $word, $status, concat!($($doc),*))),*];

        impl Code {
            /// The word in the answer.
            pub fn word(self) -> &'static str {
                match self { $(Code::$name => $word,)* }
            }

            /// The status of the answer.
            pub fn status(self) -> u16 {
                match self { $(Code::$name => $status,)* }
            }
        }
    };
}

errors! {
    /// The path, the query or a header cannot be read.
    BadRequest = 400 "bad_request",
    /// The body is not JSON that says one thing only: broken, not UTF-8, a key twice, nested too deep.
    BadJson = 400 "bad_json",
    /// Params or settings that are not taken; every one of them is named.
    InvalidSettings = 400 "invalid_settings",
    /// A core rule cannot be switched off.
    CannotDisableCoreRule = 400 "cannot_disable_core_rule",
    /// The call needs a valid bearer token.
    Unauthorized = 401 "unauthorized",
    /// The token does not allow this call.
    Forbidden = 403 "forbidden",
    /// There is no such thing.
    NotFound = 404 "not_found",
    /// The path exists, but not with this method.
    MethodNotAllowed = 405 "method_not_allowed",
    /// The request took too long to arrive.
    Timeout = 408 "timeout",
    /// It was changed by somebody else since it was read.
    Conflict = 409 "conflict",
    /// The body is too large.
    TooLarge = 413 "too_large",
    /// The body is not said to be JSON.
    UnsupportedMediaType = 415 "unsupported_media_type",
    /// The body is JSON, but not what this call takes.
    Invalid = 422 "invalid",
    /// The caller has too many sessions or streams open.
    TooMany = 429 "too_many",
    /// The server failed; its log says why.
    Internal = 500 "internal",
    /// The server has too much to do, or the work took too long.
    Overloaded = 503 "overloaded",
    /// The server is not ready to work.
    NotReady = 503 "not_ready",
}

/// An answer that is an error.
#[derive(Debug)]
pub(super) struct ApiError {
    code: Code,
    detail: String,
}

impl ApiError {
    pub(super) fn new(code: Code, detail: impl Into<String>) -> ApiError {
        ApiError { code, detail: detail.into() }
    }

    /// There is no such thing.
    pub(super) fn not_found(what: &str, id: &str) -> ApiError {
        ApiError::new(Code::NotFound, format!("no {what} has the id `{}`", shown(id)))
    }

    /// What the caller is not told stands in the log.
    pub(super) fn internal(what: impl std::fmt::Display) -> ApiError {
        tracing::error!("{what}");
        ApiError::new(
            Code::Internal,
            "the server failed: look for the `x-request-id` of this answer in its log",
        )
    }
}

/// A text of the request, cut to what fits into a message.
pub(super) fn shown(text: &str) -> String {
    const SHOWN: usize = 80;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain("...".chars()).collect()
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> ApiError {
        match error {
            EngineError::UnknownRule(id) => ApiError::not_found("rule", &id),
            EngineError::UnknownPlugin(id) => ApiError::not_found("plugin", &id),
            EngineError::CoreRule(_) => ApiError::new(Code::CannotDisableCoreRule, error.to_string()),
            EngineError::BadParams(_) => ApiError::new(Code::InvalidSettings, error.to_string()),
            EngineError::State(error) => error.into(),
        }
    }
}

impl From<StateError> for ApiError {
    fn from(error: StateError) -> ApiError {
        ApiError::internal(format_args!("the state: {error}"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ErrorBody { error: self.code.word(), detail: self.detail };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        match self.code {
            Code::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Code::Overloaded => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            // What is left of a body that came too slowly or is too large is not read.
            Code::Timeout | Code::TooLarge => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
