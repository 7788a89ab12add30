//! What a list shows of a tool.

use diesel::prelude::*;
use diesel::sql_types;
use serde::{Deserialize, Serialize};

use crate::codes::ToolType;
use crate::ids::{GroupId, ToolId};
use crate::schema::tools;
use crate::tools::ToolVersion;

/// A version of a tool without its definition, which can have 256 KiB.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Identifiable,
)]
#[diesel(table_name = tools, check_for_backend(diesel::pg::Pg))]
pub struct ToolSummary {
    /// See [`Tool::id`](crate::Tool::id).
    pub id: ToolId,
    /// Whose tool it is; `None`: everyone's.
    pub group_id: Option<GroupId>,
    /// What the tool is.
    #[serde(rename = "type")]
    pub kind: ToolType,
    /// The same for all versions.
    pub name: String,
    /// A semantic version.
    pub version: ToolVersion,
}

/// The columns of [`ToolSummary`], as statements of `.sql` files return them.
pub(crate) type ToolSummaryColumns = (
    sql_types::Uuid,
    sql_types::Nullable<sql_types::Uuid>,
    sql_types::Text,
    sql_types::Text,
    sql_types::Text,
);
