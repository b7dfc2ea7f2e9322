//! Values in and out of statements, the same for both databases.

use bytes::BytesMut;
use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::StoreError;

/// A value of one of the types that the two databases share.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `BIGINT`; a boolean is 0 or 1.
    Int(i64),
    /// `TEXT`; a moment is RFC 3339.
    Text(String),
    /// `BYTEA`.
    Bytes(Vec<u8>),
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr;)*) => { $(
        impl From<$type> for Value {
            fn from($value: $type) -> Self { $make }
        }
    )* };
}

from! {
    i64 => |v| Self::Int(v);
    i32 => |v| Self::Int(v.into());
    u32 => |v| Self::Int(v.into());
    bool => |v| Self::Int(v.into());
    &str => |v| Self::Text(v.to_owned());
    String => |v| Self::Text(v);
    &String => |v| Self::Text(v.clone());
    Vec<u8> => |v| Self::Bytes(v);
    &[u8] => |v| Self::Bytes(v.to_vec());
    Timestamp => |v| Self::Text(v.to_string());
    jiff::civil::Date => |v| Self::Text(v.to_string());
    crate::id::Pid => |v| Self::Text(v.as_str().to_owned());
    &crate::id::Pid => |v| Self::Text(v.as_str().to_owned());
    crate::id::Orgnr => |v| Self::Text(v.as_str().to_owned());
    &crate::id::Orgnr => |v| Self::Text(v.as_str().to_owned());
    uuid::Uuid => |v| Self::Text(v.to_string());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(int) => match *ty {
                Type::INT2 => i16::try_from(*int)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*int)?.to_sql(ty, out),
                _ => int.to_sql(ty, out),
            },
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row of a result.
#[derive(Debug, Clone)]
pub struct Row(Vec<Value>);

impl Row {
    /// Makes a row of its columns.
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// The value of the column at place `column`, from 0.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, StoreError> {
        let value = self.0.get(column).unwrap_or(&Value::Null);
        T::from_value(value).ok_or(StoreError::Column { column, expected: std::any::type_name::<T>() })
    }

    /// The bytes of a column, where it has any.
    pub fn bytes(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.0.get(column) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(_) => Err(StoreError::Column { column, expected: "bytes" }),
        }
    }

    /// The columns, by value.
    pub fn into_values(self) -> Vec<Value> {
        self.0
    }

    /// Takes the text of a column out of the row, where it has one: for large texts, which [`Self::get`] would copy.
    pub fn take_text(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get_mut(column).map_or(Value::Null, |value| std::mem::replace(value, Value::Null)) {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(StoreError::Column { column, expected: "text" }),
        }
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// The value, where it is of this type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Int(int) = value { Some(*int) } else { None }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Int(int) = value { Some(*int != 0) } else { None }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

macro_rules! parsed {
    ($($type:ty),*) => { $(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                if let Value::Text(text) = value { text.parse().ok() } else { None }
            }
        }
    )* };
}

parsed!(Timestamp, jiff::civil::Date, uuid::Uuid);

impl FromValue for crate::id::Pid {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Self::parse(text).ok() } else { None }
    }
}

impl FromValue for crate::id::Orgnr {
    fn from_value(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Self::parse(text).ok() } else { None }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}
