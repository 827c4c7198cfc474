//! A window that the processes of many machines share, kept in a Redis.
//!
//! One script looks and takes a place at once, in Redis's own time, so that neither the
//! clocks of the machines nor their order of asking matters. What is kept expires.

use std::time::Duration;

use futures_util::future::BoxFuture;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};
use tokio::sync::OnceCell;

use super::window::{Part, Parts, Place, Window, WindowError};
use super::window_state::{SECOND, SLACK, SOON, micros};

/// How long a Redis that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks as [`super::window_state::Record::look`] does. Answers 1 where a place was taken, 2 where the
/// endpoint alone has to wait, else 0; and the wait.
const LOOK: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, soon = tonumber(ARGV[1]), tonumber(ARGV[2])
local most = {tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[7])}
local endpoint, connection = ARGV[4], ARGV[6]
local admitted = {{}, {}, {}}
for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  local at, its_endpoint, its_connection = string.match(entry, '^(%d+) (%d+) (%d+)$')
  at = tonumber(at)
  if at and at + window > now then
    table.insert(admitted[1], at)
    if its_endpoint == endpoint then table.insert(admitted[2], at) end
    if its_connection == connection then table.insert(admitted[3], at) end
  end
end
local paused = redis.call('HMGET', KEYS[2], 'everybody', endpoint)
local function due(which, pause)
  local instants, count, due = admitted[which], #admitted[which], math.max(now, tonumber(pause or 0) or 0)
  table.sort(instants)
  if count >= most[which] then
    due = math.max(due, instants[count - most[which] + 1] + window)
  end
  if count > math.floor(most[which] / 2) then
    due = math.max(due, instants[count] + math.floor(window * 19 / 20 / most[which]))
  end
  return due
end
local everybody = math.max(due(1, paused[1]), due(3))
local own = due(2, paused[2])
local wait = math.max(everybody, own) - now
if wait > soon then
  return {own > everybody and 2 or 0, wait}
end
redis.call('RPUSH', KEYS[1], string.format('%.0f %s %s', now + wait, endpoint, connection))
redis.call('LTRIM', KEYS[1], -2 * most[1], -1)
redis.call('PEXPIRE', KEYS[1], 10000)
return {1, wait}
";

/// Nobody of the endpoint, or nobody at all, is admitted for a while; a longer pause that is
/// there already stays.
const PAUSE: &str = "
local time = redis.call('TIME')
local till = time[1] * 1000000 + time[2] + ARGV[2]
if till > tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0) then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', till))
end
redis.call('PEXPIRE', KEYS[1], 120000)
return 0
";

/// A window in a Redis.
pub struct RedisWindow {
    client: Client,
    connection: OnceCell<ConnectionManager>,
    admitted: String,
    paused: String,
    limit: usize,
}

/// Without the address: it may hold a password.
impl std::fmt::Debug for RedisWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisWindow").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl RedisWindow {
    /// At most `limit` admissions a second for all who name the same Redis and account.
    pub fn new(address: &str, account: &str, limit: usize) -> Result<Self, WindowError> {
        Ok(Self {
            client: Client::open(address)?,
            connection: OnceCell::new(),
            // The braces keep both keys on one node of a cluster.
            admitted: format!("stripe:{{{account}}}:admitted"),
            paused: format!("stripe:{{{account}}}:paused"),
            limit: limit.max(1),
        })
    }

    async fn connection(&self) -> Result<ConnectionManager, WindowError> {
        let connect = || async {
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(1)
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE));
            self.client.get_connection_manager_with_config(config).await
        };
        Ok(self.connection.get_or_try_init(connect).await?.clone())
    }

    async fn look(&self, parts: Parts) -> Result<Place, WindowError> {
        let mut connection = self.connection().await?;
        let script = Script::new(LOOK);
        let mut call = script.key(&self.admitted);
        call.key(&self.paused).arg(micros(SECOND + SLACK)).arg(micros(SOON)).arg(self.limit);
        for part in [parts.endpoint, parts.connection] {
            call.arg(part.name).arg(part.most);
        }
        let (came_to, wait): (u8, u64) = call.invoke_async(&mut connection).await?;
        let wait = Duration::from_micros(wait);
        Ok(match came_to {
            1 => Place::Taken(wait),
            2 => Place::EndpointLater(wait.saturating_sub(SOON)),
            _ => Place::Later(wait.saturating_sub(SOON)),
        })
    }

    async fn hold(&self, endpoint: Option<Part>, pause: Duration) -> Result<(), WindowError> {
        let mut connection = self.connection().await?;
        let script = Script::new(PAUSE);
        let whom = endpoint.map_or_else(|| "everybody".to_owned(), |part| part.name.to_string());
        let mut call = script.key(&self.paused);
        let _: u8 = call.arg(whom).arg(micros(pause)).invoke_async(&mut connection).await?;
        Ok(())
    }
}

impl Window for RedisWindow {
    fn ask(&self, parts: Parts) -> BoxFuture<'_, Result<Place, WindowError>> {
        Box::pin(self.look(parts))
    }

    fn pause(&self, endpoint: Option<Part>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        Box::pin(self.hold(endpoint, pause))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Parts, RedisWindow, Window};

    #[tokio::test]
    async fn a_redis_that_is_away_is_an_error_soon() {
        let window = RedisWindow::new("redis://127.0.0.1:1/", "acct", 5).unwrap();
        let start = Instant::now();
        assert!(window.ask(Parts::default()).await.is_err());
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn the_address_is_not_shown() {
        let window = RedisWindow::new("redis://:hidden@127.0.0.1/", "acct", 5).unwrap();
        assert!(!format!("{window:?}").contains("hidden"));
    }
}
