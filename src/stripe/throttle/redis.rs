//! A window that the processes of many machines share, kept in a Redis.
//!
//! One script looks and takes a place at once, in Redis's own time, so that neither the
//! clocks of the machines nor their order of asking matters. What is kept expires.

use std::time::Duration;

use futures_util::future::BoxFuture;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};
use tokio::sync::OnceCell;

use super::window::{Place, SECOND, SLACK, SOON, Window, WindowError, micros};

/// How long a Redis that does not answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks as [`super::window::due`] does, and takes a place that is due soon. Answers whether one was taken, and the wait.
const LOOK: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local admitted = redis.call('LRANGE', KEYS[1], -limit, -1)
local due = math.max(now, tonumber(redis.call('GET', KEYS[2]) or 0))
if #admitted >= limit then
  due = math.max(due, admitted[1] + window)
end
local recent = 0
for _, at in ipairs(admitted) do
  if at + window > now then recent = recent + 1 end
end
if recent > math.floor(limit / 2) then
  due = math.max(due, admitted[#admitted] + math.floor(window / limit))
end
if due - now > tonumber(ARGV[3]) then
  return {0, due - now}
end
redis.call('RPUSH', KEYS[1], string.format('%.0f', due))
redis.call('LTRIM', KEYS[1], -limit, -1)
redis.call('PEXPIRE', KEYS[1], 10000)
return {1, due - now}
";

/// Nobody is admitted for a while; a longer pause that is there already stays.
const PAUSE: &str = "
local time = redis.call('TIME')
local till = time[1] * 1000000 + time[2] + ARGV[1]
if till > tonumber(redis.call('GET', KEYS[1]) or 0) then
  redis.call('SET', KEYS[1], string.format('%.0f', till), 'PX', math.ceil(ARGV[1] / 1000) + 1)
end
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

    async fn look(&self) -> Result<Place, WindowError> {
        let mut connection = self.connection().await?;
        let script = Script::new(LOOK);
        let mut call = script.key(&self.admitted);
        call.key(&self.paused).arg(self.limit).arg(micros(SECOND + SLACK)).arg(micros(SOON));
        let (taken, wait): (u8, u64) = call.invoke_async(&mut connection).await?;
        let wait = Duration::from_micros(wait);
        Ok(if taken == 1 { Place::Taken(wait) } else { Place::Later(wait.saturating_sub(SOON)) })
    }

    async fn hold(&self, pause: Duration) -> Result<(), WindowError> {
        let mut connection = self.connection().await?;
        let script = Script::new(PAUSE);
        let _: u8 = script.key(&self.paused).arg(micros(pause)).invoke_async(&mut connection).await?;
        Ok(())
    }
}

impl Window for RedisWindow {
    fn ask(&self) -> BoxFuture<'_, Result<Place, WindowError>> {
        Box::pin(self.look())
    }

    fn pause(&self, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        Box::pin(self.hold(pause))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{RedisWindow, Window};

    #[tokio::test]
    async fn a_redis_that_is_away_is_an_error_soon() {
        let window = RedisWindow::new("redis://127.0.0.1:1/", "acct", 5).unwrap();
        let start = Instant::now();
        assert!(window.ask().await.is_err());
        assert!(start.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn the_address_is_not_shown() {
        let window = RedisWindow::new("redis://:hidden@127.0.0.1/", "acct", 5).unwrap();
        assert!(!format!("{window:?}").contains("hidden"));
    }
}
