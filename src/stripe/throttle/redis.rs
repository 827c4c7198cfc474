//! A window that the processes of many machines share: two keys in Redis.
//!
//! One script decides and counts in a single step, in Redis's own time, so that neither the clocks of the
//! machines nor the order of their requests matters. Both keys expire.

use std::time::Duration;

use futures_util::future::BoxFuture;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};
use tokio::sync::OnceCell;

use super::limits::{Decision, LimitKey, LimitKeys};
use super::window::{Window, WindowError};
use super::window_state::{GRANT_AHEAD, LONGEST_PAUSE, MOST_LATENESS, SPACING_PERCENT, WINDOW, micros};

/// The time limit for connecting to Redis, and for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Decides like [`super::window_state::WindowState::decide`]. Returns 1 if granted, 2 if only the endpoint's
/// limit is reached, and 0 otherwise, each with the wait in microseconds.
const ADMIT_SCRIPT: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, soon, spacing = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local most = {tonumber(ARGV[4]), tonumber(ARGV[6]), tonumber(ARGV[8])}
local endpoint, connection = ARGV[5], ARGV[7]
local late, moved, longest = tonumber(ARGV[9]), ARGV[10], tonumber(ARGV[11])
local admitted = {{}, {}, {}}
for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  local text, its_endpoint, its_connection, its_late = string.match(entry, '^(%d+) (%d+) (%d+) (%d+)$')
  local at = tonumber(text)
  if text == moved and its_endpoint == endpoint and its_connection == connection then
    redis.call('LREM', KEYS[1], 1, entry)
    moved = ''
  elseif at and at <= now + 2 * soon and at + its_late + window > now then
    local counted = {at, at + its_late + window}
    table.insert(admitted[1], counted)
    if its_endpoint == endpoint then table.insert(admitted[2], counted) end
    if its_connection == connection then table.insert(admitted[3], counted) end
  end
end
local paused = redis.call('HMGET', KEYS[2], 'everybody', endpoint)
local function due(which, pause)
  local paused = tonumber(pause or 0) or 0
  local due, ends = paused <= now + longest and math.max(now, paused) or now, {}
  for _, counted in ipairs(admitted[which]) do
    due = math.max(due, counted[1] + math.floor(window * spacing / 100 / most[which]))
    table.insert(ends, counted[2])
  end
  table.sort(ends)
  if #ends >= most[which] then
    due = math.max(due, ends[#ends - most[which] + 1])
  end
  return due
end
local everybody = math.max(due(1, paused[1]), due(3))
local own = due(2, paused[2])
local at = math.max(everybody, own)
if at - now > soon then
  return {own > everybody and 2 or 0, at - now, at}
end
redis.call('RPUSH', KEYS[1], string.format('%.0f %s %s %d', at, endpoint, connection, late))
redis.call('LTRIM', KEYS[1], -2 * most[1], -1)
redis.call('PEXPIRE', KEYS[1], 10000)
return {1, at - now, at}
";

/// Pauses an endpoint or everything for `ARGV[2]` microseconds; a longer existing pause stays.
const PAUSE_SCRIPT: &str = "
local time = redis.call('TIME')
local till = time[1] * 1000000 + time[2] + ARGV[2]
if till > tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0) then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', till))
end
redis.call('PEXPIRE', KEYS[1], 120000)
return 0
";

/// A window whose state is in Redis.
pub struct RedisWindow {
    client: Client,
    connection: OnceCell<ConnectionManager>,
    admitted: String,
    paused: String,
    limit: usize,
}

/// Leaves out the address, which may contain a password.
impl std::fmt::Debug for RedisWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisWindow").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl RedisWindow {
    /// Whether a text looks like the address of a Redis.
    pub fn is_address(text: &str) -> bool {
        ["redis://", "rediss://"].iter().any(|scheme| text.starts_with(scheme))
    }

    /// Creates a window of at most `limit` admissions per second for all processes with the same Redis and
    /// account.
    ///
    /// # Errors
    /// `address` is not a `redis://` or `rediss://` address.
    pub fn new(address: &str, account: &str, limit: usize) -> Result<Self, WindowError> {
        Ok(Self {
            client: Client::open(address)?,
            connection: OnceCell::new(),
            // The braces keep both keys on the same node of a cluster.
            admitted: format!("stripe:{{{account}}}:admitted"),
            paused: format!("stripe:{{{account}}}:paused"),
            limit: limit.max(1),
        })
    }

    async fn connection(&self) -> Result<ConnectionManager, WindowError> {
        let connect = || async {
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(1)
                .set_connection_timeout(Some(TIMEOUT))
                .set_response_timeout(Some(TIMEOUT));
            self.client.get_connection_manager_with_config(config).await
        };
        Ok(self.connection.get_or_try_init(connect).await?.clone())
    }

    async fn decide(&self, keys: LimitKeys) -> Result<Decision, WindowError> {
        let mut connection = self.connection().await?;
        let script = Script::new(ADMIT_SCRIPT);
        let mut call = script.key(&self.admitted);
        call.key(&self.paused).arg(WINDOW).arg(micros(GRANT_AHEAD)).arg(SPACING_PERCENT).arg(self.limit);
        for key in [keys.endpoint, keys.connection] {
            call.arg(key.hash).arg(key.limit);
        }
        call.arg(micros(keys.lateness.min(MOST_LATENESS)));
        call.arg(keys.moved.map(|at| at.to_string()).unwrap_or_default()).arg(LONGEST_PAUSE);
        let (granted, wait, at): (u8, u64, u64) = call.invoke_async(&mut connection).await?;
        let wait = Duration::from_micros(wait);
        Ok(match granted {
            1 => Decision::Granted { wait, at, next: Duration::ZERO },
            2 => Decision::WaitForEndpoint(wait.saturating_sub(GRANT_AHEAD)),
            _ => Decision::Wait(wait.saturating_sub(GRANT_AHEAD)),
        })
    }

    async fn run_pause_script(&self, endpoint: Option<LimitKey>, pause: Duration) -> Result<(), WindowError> {
        let mut connection = self.connection().await?;
        let script = Script::new(PAUSE_SCRIPT);
        let paused = endpoint.map_or_else(|| "everybody".to_owned(), |key| key.hash.to_string());
        let mut call = script.key(&self.paused);
        let _: u8 =
            call.arg(paused).arg(micros(pause).min(LONGEST_PAUSE)).invoke_async(&mut connection).await?;
        Ok(())
    }
}

impl Window for RedisWindow {
    fn try_admit(&self, keys: LimitKeys) -> BoxFuture<'_, Result<Decision, WindowError>> {
        Box::pin(self.decide(keys))
    }

    fn pause(&self, endpoint: Option<LimitKey>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        Box::pin(self.run_pause_script(endpoint, pause))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{LimitKeys, RedisWindow, Window};

    #[tokio::test]
    async fn a_redis_that_cannot_be_reached_is_an_error_soon() {
        let window = RedisWindow::new("redis://127.0.0.1:1/", "acct", 5).unwrap();
        let start = Instant::now();
        assert!(window.try_admit(LimitKeys::default()).await.is_err());
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn the_address_is_not_shown() {
        let window = RedisWindow::new("redis://:hidden@127.0.0.1/", "acct", 5).unwrap();
        assert!(!format!("{window:?}").contains("hidden"));
    }
}
