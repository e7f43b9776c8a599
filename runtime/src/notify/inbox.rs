//! The notifications of one session that the agent has not read yet.

use oracle_compiler::rule::DeliverAt;

use super::Notification;

/// Notifications that wait in one session at most; then the oldest of the least urgent gives way.
pub const MAX_WAITING: usize = 1000;

/// Seconds after which a notification is of no use any more: a day, by the time of the session's events.
pub const MAX_AGE: f64 = 86_400.0;

/// Notifications in the order in which they were queued.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    waiting: Vec<Waiting>,
    dropped: u64,
    expired: u64,
}

/// A notification and when it was queued.
#[derive(Clone, Debug)]
struct Waiting {
    notification: Notification,
    since: f64,
}

impl Inbox {
    /// Queues a notification at a time in seconds, unless the same rule already has the same text waiting; says
    /// whether it did.
    pub fn push(&mut self, notification: Notification, now: f64) -> bool {
        self.expire(now);
        let same = |it: &Waiting| {
            it.notification.rule_id == notification.rule_id && it.notification.message == notification.message
        };
        if self.waiting.iter().any(same) {
            return false;
        }
        if self.waiting.len() >= MAX_WAITING {
            self.dropped = self.dropped.saturating_add(1);
            let priorities = self.waiting.iter().map(|it| it.notification.priority);
            let least = priorities.min().unwrap_or(notification.priority);
            if notification.priority < least {
                return false;
            }
            if let Some(at) = self.waiting.iter().position(|it| it.notification.priority == least) {
                self.waiting.remove(at);
            }
        }
        self.waiting.push(Waiting { notification, since: now });
        true
    }

    /// Takes what waits at a delivery point, most urgent first, then in firing order; without a point, all. What is
    /// older than [`MAX_AGE`] is of no use any more and is left out.
    pub fn drain(&mut self, deliver_at: Option<DeliverAt>, now: f64) -> Vec<Notification> {
        self.expire(now);
        let due = |it: &mut Waiting| deliver_at.is_none_or(|point| it.notification.deliver_at == point);
        let mut drained: Vec<Notification> =
            self.waiting.extract_if(.., due).map(|it| it.notification).collect();
        drained.sort_by_key(|it| std::cmp::Reverse(it.priority));
        drained
    }

    /// What waits, in firing order.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Notification> {
        self.waiting.iter().map(|it| &it.notification)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many notifications gave way because too many waited.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many notifications nobody read in time.
    pub fn expired(&self) -> u64 {
        self.expired
    }

    /// Events may come without a time or in disorder: only what surely became too old goes.
    fn expire(&mut self, now: f64) {
        let before = self.waiting.len();
        self.waiting.retain(|it| now - it.since <= MAX_AGE || now.is_nan());
        let gone = u64::try_from(before - self.waiting.len()).unwrap_or(u64::MAX);
        self.expired = self.expired.saturating_add(gone);
    }
}

#[cfg(test)]
mod tests {
    use oracle_compiler::rule::Priority;

    use super::*;

    fn notification(rule: &str, message: &str, priority: Priority) -> Notification {
        Notification {
            rule_id: rule.to_owned(),
            message: message.to_owned(),
            category: "info".to_owned(),
            priority,
            deliver_at: DeliverAt::TurnStart,
        }
    }

    #[test]
    fn drains_by_priority_then_in_firing_order() {
        let mut inbox = Inbox::default();
        for (rule, priority) in [
            ("a", Priority::Normal),
            ("b", Priority::Critical),
            ("c", Priority::Normal),
            ("d", Priority::Low),
            ("e", Priority::Critical),
        ] {
            assert!(inbox.push(notification(rule, "m", priority), 0.0));
        }
        let later = Notification { deliver_at: DeliverAt::TurnEnd, ..notification("z", "m", Priority::Low) };
        assert!(inbox.push(later, 0.0));
        let order: Vec<String> =
            inbox.drain(Some(DeliverAt::TurnStart), 0.0).into_iter().map(|it| it.rule_id).collect();
        assert_eq!(order, ["b", "e", "a", "c", "d"]);
        assert_eq!(inbox.waiting().len(), 1);
        assert!(inbox.drain(Some(DeliverAt::TurnStart), 0.0).is_empty());
    }

    #[test]
    fn the_same_text_of_the_same_rule_waits_once() {
        let mut inbox = Inbox::default();
        assert!(inbox.push(notification("a", "m", Priority::Low), 0.0));
        assert!(!inbox.push(notification("a", "m", Priority::High), 0.0));
        assert!(inbox.push(notification("a", "other", Priority::Low), 0.0));
        assert!(inbox.push(notification("b", "m", Priority::Low), 0.0));
        inbox.drain(None, 0.0);
        assert!(inbox.push(notification("a", "m", Priority::Low), 0.0));
    }

    #[test]
    fn a_full_inbox_drops_the_oldest_of_the_least_urgent() {
        let mut inbox = Inbox::default();
        for number in 0..MAX_WAITING {
            let priority = if number == 3 { Priority::Low } else { Priority::High };
            assert!(inbox.push(notification("a", &number.to_string(), priority), 0.0));
        }
        assert!(inbox.push(notification("a", "new", Priority::Normal), 0.0));
        assert!(inbox.waiting().all(|it| it.message != "3"));
        assert!(!inbox.push(notification("a", "low", Priority::Low), 0.0));
        assert_eq!((inbox.waiting().len(), inbox.dropped()), (MAX_WAITING, 2));
    }

    #[test]
    fn what_nobody_reads_for_a_day_is_of_no_use_any_more() {
        let mut inbox = Inbox::default();
        assert!(inbox.push(notification("a", "m", Priority::Critical), 1_000.0));
        assert!(inbox.push(notification("b", "m", Priority::Low), 1_000.0 + MAX_AGE));
        assert!(
            !inbox.push(notification("b", "m", Priority::Low), 500.0),
            "time that goes back expires nothing"
        );
        let left = inbox.drain(None, 1_001.0 + MAX_AGE);
        assert_eq!(left.iter().map(|it| it.rule_id.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!((inbox.expired(), inbox.is_empty()), (1, true));
        assert!(inbox.push(notification("a", "m", Priority::Low), 2_000.0 + MAX_AGE), "it may be said again");
    }
}
