//! Parts of long lists.

use serde::Deserialize;
use utoipa::IntoParams;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    /// The most items; without it, all.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    pub(super) limit: Option<u32>,
    /// How many items to pass over.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295.0)]
    pub(super) offset: Option<u32>,
}

impl Page {
    /// The items of this part.
    pub(super) fn of<T>(self, items: Vec<T>) -> Vec<T> {
        let offset = self.offset.map_or(0, |it| it as usize);
        let limit = self.limit.map_or(usize::MAX, |it| it as usize);
        items.into_iter().skip(offset).take(limit).collect()
    }
}
