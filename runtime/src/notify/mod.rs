//! Notifications: what rules tell the agent, waiting per delivery point until the agent asks.

mod inbox;
mod notification;

pub use inbox::{Inbox, MAX_AGE, MAX_WAITING};
pub use notification::Notification;
