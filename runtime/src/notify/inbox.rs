//! The notifications of one session that the agent has not read yet.

use oracle_compiler::rule::DeliverAt;

use super::Notification;

/// Notifications that wait in one session at most; then the oldest of the least urgent gives way.
pub const MAX_WAITING: usize = 1000;

/// Notifications in the order in which they were queued.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    waiting: Vec<Notification>,
    dropped: u64,
}

impl Inbox {
    /// Queues a notification, unless the same rule already has the same text waiting; says whether it did.
    pub fn push(&mut self, notification: Notification) -> bool {
        let same =
            |it: &Notification| it.rule_id == notification.rule_id && it.message == notification.message;
        if self.waiting.iter().any(same) {
            return false;
        }
        if self.waiting.len() >= MAX_WAITING {
            self.dropped = self.dropped.saturating_add(1);
            let least = self.waiting.iter().map(|it| it.priority).min().unwrap_or(notification.priority);
            if notification.priority < least {
                return false;
            }
            if let Some(at) = self.waiting.iter().position(|it| it.priority == least) {
                self.waiting.remove(at);
            }
        }
        self.waiting.push(notification);
        true
    }

    /// Takes what waits at a delivery point, most urgent first, then in firing order; without a point, all.
    pub fn drain(&mut self, deliver_at: Option<DeliverAt>) -> Vec<Notification> {
        let due = |it: &mut Notification| deliver_at.is_none_or(|point| it.deliver_at == point);
        let mut drained: Vec<Notification> = self.waiting.extract_if(.., due).collect();
        drained.sort_by_key(|it| std::cmp::Reverse(it.priority));
        drained
    }

    /// What waits, in firing order.
    pub fn waiting(&self) -> &[Notification] {
        &self.waiting
    }

    /// How many notifications gave way because too many waited.
    pub fn dropped(&self) -> u64 {
        self.dropped
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
            assert!(inbox.push(notification(rule, "m", priority)));
        }
        let later = Notification { deliver_at: DeliverAt::TurnEnd, ..notification("z", "m", Priority::Low) };
        assert!(inbox.push(later));
        let order: Vec<String> =
            inbox.drain(Some(DeliverAt::TurnStart)).into_iter().map(|it| it.rule_id).collect();
        assert_eq!(order, ["b", "e", "a", "c", "d"]);
        assert_eq!(inbox.waiting().len(), 1);
        assert!(inbox.drain(Some(DeliverAt::TurnStart)).is_empty());
    }

    #[test]
    fn the_same_text_of_the_same_rule_waits_once() {
        let mut inbox = Inbox::default();
        assert!(inbox.push(notification("a", "m", Priority::Low)));
        assert!(!inbox.push(notification("a", "m", Priority::High)));
        assert!(inbox.push(notification("a", "other", Priority::Low)));
        assert!(inbox.push(notification("b", "m", Priority::Low)));
        inbox.drain(None);
        assert!(inbox.push(notification("a", "m", Priority::Low)));
    }

    #[test]
    fn a_full_inbox_drops_the_oldest_of_the_least_urgent() {
        let mut inbox = Inbox::default();
        for number in 0..MAX_WAITING {
            let priority = if number == 3 { Priority::Low } else { Priority::High };
            assert!(inbox.push(notification("a", &number.to_string(), priority)));
        }
        assert!(inbox.push(notification("a", "new", Priority::Normal)));
        assert!(inbox.waiting().iter().all(|it| it.message != "3"));
        assert!(!inbox.push(notification("a", "low", Priority::Low)));
        assert_eq!((inbox.waiting().len(), inbox.dropped()), (MAX_WAITING, 2));
    }
}
