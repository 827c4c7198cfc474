//! Decides when the process ends: on a signal, or when the parent that started it dies.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// What an interrupt (Ctrl-C) means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// Nothing: the terminal also sends it to the host, and the host tells us what to do. A child that exited
    /// would break the host's orderly stop.
    Ignored,
    /// The end: a person stops what a person started.
    Ends,
}

/// How often the parent is checked.
const PARENT_PERIOD: Duration = Duration::from_millis(500);

/// How long to wait for a second interrupt of an interrupted host. The host waits two seconds for this
/// process to end, and open calls and the shutdown of the provider take most of that time.
const SECOND_INTERRUPT: Duration = Duration::from_millis(250);

/// Counts the interrupts that have arrived; a terminal sends them to the host as well.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupts(Arc<watch::Sender<usize>>);

impl Interrupts {
    /// Whether the host was interrupted again while it was stopping, in which case it leaves at once and
    /// finishes nothing. The host asks for the end of this process before it stores the answers it received.
    /// So after a first interrupt, this waits a moment for a second one.
    pub(super) async fn are_impatient(&self) -> bool {
        let mut seen = self.0.subscribe();
        if *seen.borrow() == 0 {
            return false;
        }
        let again = seen.wait_for(|count| *count > 1);
        timeout(SECOND_INTERRUPT, again).await.is_ok()
    }

    fn count(&self) {
        self.0.send_modify(|count| *count += 1);
    }
}

/// Cancels `end` when the process should end. After this returns, an interrupt no longer kills the process.
#[cfg(unix)]
pub(super) fn watch(interrupt: Interrupt, end: &CancellationToken) -> io::Result<Interrupts> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    let orphaned = orphaned(interrupt, std::os::unix::process::parent_id());
    let all = Interrupts::default();
    let (counted, interrupted) = (all.clone(), end.clone());
    // This continues after the end has begun, because interrupts are still counted then.
    tokio::spawn(async move {
        while interrupts.recv().await.is_some() {
            counted.count();
            match interrupt {
                Interrupt::Ignored => log::debug!("ignored an interrupt: the host decides"),
                Interrupt::Ends => interrupted.cancel(),
            }
        }
    });
    let end = end.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminations.recv() => {}
            () = orphaned => log::warn!("the host is gone"),
            () = end.cancelled() => {}
        }
        end.cancel();
    });
    Ok(all)
}

/// Cancels `end` when the process should end.
#[cfg(not(unix))]
pub(super) fn watch(interrupt: Interrupt, end: &CancellationToken) -> io::Result<Interrupts> {
    let end = end.clone();
    let all = Interrupts::default();
    let counted = all.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && interrupt == Interrupt::Ignored {
            counted.count();
        }
        end.cancel();
    });
    Ok(all)
}

/// Returns when `parent` is no longer this process's parent. Only a child of a host watches its parent.
///
/// Nothing tells a plugin that its host was killed: standard input is the terminal, and the host may not have
/// connected yet. But an orphan gets another parent, and this polls for that.
#[cfg(unix)]
async fn orphaned(interrupt: Interrupt, parent: u32) {
    if interrupt == Interrupt::Ends {
        return std::future::pending().await;
    }
    let mut ticks = tokio::time::interval(PARENT_PERIOD);
    while std::os::unix::process::parent_id() == parent {
        ticks.tick().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Interrupts;

    #[tokio::test(start_paused = true)]
    async fn a_second_interrupt_counts_when_it_comes_after_the_end_was_asked_for() {
        let interrupts = Interrupts::default();
        assert!(!interrupts.are_impatient().await, "nobody waits where none came");
        interrupts.count();
        assert!(!interrupts.are_impatient().await);
        let later = interrupts.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            later.count();
        });
        assert!(interrupts.are_impatient().await);
    }
}
