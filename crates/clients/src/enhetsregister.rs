//! Being written.

/// The component's name in the mesh.
pub const NAME: &str = "enhetsregister";
