//! Making requests and reading answers, for the typed clients.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use serde::{Serialize, de::DeserializeOwned};

use crate::{ClientError, Purpose, read_json, success};

/// A request in the making.
#[derive(Debug)]
pub struct Builder(Result<Request<Vec<u8>>, ClientError>);

/// A GET of `path` (with its query).
pub fn get(path: &str) -> Builder {
    Builder::new(Method::GET, path)
}

/// A POST to `path`.
pub fn post(path: &str) -> Builder {
    Builder::new(Method::POST, path)
}

/// A PUT to `path`.
pub fn put(path: &str) -> Builder {
    Builder::new(Method::PUT, path)
}

impl Builder {
    /// A request of any method.
    pub fn new(method: Method, path: &str) -> Self {
        let request = Request::builder().method(method).uri(path).body(Vec::new());
        Self(request.map_err(|error| ClientError::Transport(error.to_string())))
    }

    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.and_then(|mut request| {
            let unfit = || ClientError::Transport(format!("the header {name} cannot hold its value"));
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
            request.headers_mut().insert(key, HeaderValue::from_str(value).map_err(|_| unfit())?);
            Ok(request)
        }))
    }

    /// Adds the access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Says for what purpose and in which case the data is used; the access log keeps it.
    pub fn purpose(self, purpose: &Purpose) -> Self {
        purpose.headers().iter().fold(self, |this, (name, value)| this.header(name, value))
    }

    /// The request with a JSON body.
    pub fn json<T: Serialize>(self, body: &T) -> Result<Request<Vec<u8>>, ClientError> {
        let body = serde_json::to_vec(body).map_err(|error| ClientError::Decode(error.to_string()))?;
        self.body("application/json", body)
    }

    /// The request with a body of another type.
    pub fn body(self, content_type: &str, body: Vec<u8>) -> Result<Request<Vec<u8>>, ClientError> {
        let mut request = self.header("content-type", content_type).empty()?;
        *request.body_mut() = body;
        Ok(request)
    }

    /// The request without a body.
    pub fn empty(self) -> Result<Request<Vec<u8>>, ClientError> {
        self.0
    }
}

/// The answer's bytes, when its status is a success.
pub fn bytes(response: Response<Bytes>) -> Result<Bytes, ClientError> {
    success(&response).cloned()
}

/// The answer's JSON, when its status is a success.
pub fn json<T: DeserializeOwned>(response: Response<Bytes>) -> Result<T, ClientError> {
    read_json(&response)
}

/// The answer's text, when its status is a success.
pub fn text(response: Response<Bytes>) -> Result<String, ClientError> {
    String::from_utf8(success(&response)?.to_vec()).map_err(|error| ClientError::Decode(error.to_string()))
}

/// What was found, or `None` where a look-up answered 404.
pub fn found<T>(result: Result<T, ClientError>) -> Result<Option<T>, ClientError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ClientError::Status { status: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
