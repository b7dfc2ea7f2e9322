//! One file per resource; [`refused`] is how they all say no, [`caller`] how clients show who they are to them.

pub mod authorizations;
pub mod authorize;
pub mod caller;
pub mod choose;
pub mod delegations;
pub mod discovery;
pub mod dpop;
pub mod edge;
pub mod forvaltning;
pub mod hint;
pub mod introspect;
pub mod issue;
pub mod jwks;
pub mod login;
pub mod logout;
pub mod minside;
pub mod par;
pub mod refused;
pub mod respond;
pub mod revoke;
pub mod sign_in_log;
pub mod token;
pub mod userinfo;
pub mod waiting_room;
