//! Personal data on its way out of a component: it cannot be answered without an entry in the access log.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{Access, AccessLog};
use crate::id::Pid;
use crate::store::StoreError;

/// Data about people. Its value comes out through [`Personal::release`] alone, which writes the log first.
pub struct Personal<T> {
    subjects: Vec<Pid>,
    value: T,
}

impl<T> Personal<T> {
    /// Data about one person.
    pub fn new(subject: Pid, value: T) -> Self {
        Self { subjects: vec![subject], value }
    }

    /// Data about several people.
    pub fn many(subjects: Vec<Pid>, value: T) -> Self {
        Self { subjects, value }
    }

    /// The value, for decisions inside the component. Never a part of an answer.
    pub fn peek(&self) -> &T {
        &self.value
    }

    /// The same people, another form of the data.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Personal<U> {
        Personal { subjects: self.subjects, value: into(self.value) }
    }

    /// Writes the use to the log, durably, and gives the value.
    pub async fn release(self, log: &AccessLog, access: Access) -> Result<Released<T>, StoreError> {
        log.append(&self.subjects, &access).await?;
        Ok(Released(self.value))
    }
}

impl<T> std::fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(…)")
    }
}

/// Personal data whose use stands in the log.
#[derive(Debug)]
pub struct Released<T>(T);

impl<T> Released<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Released<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> IntoResponse for Released<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}
