//! When the process ends: a signal, or the death of who started it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// What an interrupt (Ctrl-C) means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// Nothing: the terminal sends it to the host as well, and the host tells us what to do.
    /// A child that went away would break the host's orderly stop.
    Ignored,
    /// The end: a person stops what a person started.
    Ends,
}

/// How often the parent is looked for.
const PARENT_PERIOD: Duration = Duration::from_millis(500);

/// The interrupts that came, which a terminal sends to the host as well.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupts(Arc<AtomicUsize>);

impl Interrupts {
    /// Whether the host was interrupted again while it stopped: it leaves at once and finishes nothing.
    pub(super) fn are_impatient(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }

    fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Cancels `end` when the process shall end. From the return on no interrupt kills it.
#[cfg(unix)]
pub(super) fn watch(interrupt: Interrupt, end: &CancellationToken) -> io::Result<Interrupts> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    let orphaned = orphaned(interrupt, std::os::unix::process::parent_id());
    let end = end.clone();
    let all = Interrupts::default();
    let counted = all.clone();
    tokio::spawn(async move {
        let ignored = async {
            while interrupts.recv().await.is_some() && interrupt == Interrupt::Ignored {
                counted.count();
                log::debug!("ignored an interrupt: the host decides");
            }
        };
        tokio::select! {
            () = ignored => {}
            _ = terminations.recv() => {}
            () = orphaned => log::warn!("the host is gone"),
            () = end.cancelled() => {}
        }
        end.cancel();
    });
    Ok(all)
}

/// Cancels `end` when the process shall end.
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

/// Returns when `parent` is no longer our parent. Only a child of a host follows it.
///
/// Nothing tells a plugin that its host was killed: standard input is the terminal, and the
/// host may not have connected yet. An orphan gets another parent, so that is looked at.
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
