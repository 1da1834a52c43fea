//! How much of a specification is read.

/// Bounds for untrusted specifications. An operator can change each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a specification.
    pub document_bytes: usize,
    /// Objects and arrays within each other.
    pub document_depth: usize,
    /// Values of a document; what aliases repeat counts each time.
    pub document_nodes: usize,
    /// Bytes of one key, string or number.
    pub scalar_bytes: usize,
    /// Values that YAML aliases may repeat in all.
    pub alias_nodes: usize,
    /// Schemas within each other; deeper ones admit anything.
    pub schema_depth: usize,
    /// Operations of a document.
    pub operations: usize,
    /// Parameters of one operation.
    pub parameters: usize,
    /// Values of one `enum`.
    pub enum_values: usize,
    /// Schemas within one tool's input, shared ones included.
    pub input_schemas: usize,
    /// Schemas within all tools' inputs and outputs, where they are not shared.
    pub schemas: usize,
    /// Bytes of the shared schemas that all tools' inputs refer to, counted for each tool
    /// anew.
    pub shared_schema_bytes: usize,
    /// Bytes of one tool's published output schema, shared schemas included.
    pub output_schema_bytes: usize,
    /// Bytes of a description shown to a model.
    pub description_bytes: usize,
    /// Characters of a title or of a string in an `enum`.
    pub title_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 16 << 20,
            document_depth: 128,
            document_nodes: 2_000_000,
            scalar_bytes: 1 << 20,
            alias_nodes: 100_000,
            schema_depth: 64,
            operations: 2_000,
            parameters: 256,
            enum_values: 5_000,
            input_schemas: 5_000,
            schemas: 500_000,
            shared_schema_bytes: 64 << 20,
            output_schema_bytes: 16 << 10,
            description_bytes: 4 << 10,
            title_chars: 256,
        }
    }
}
