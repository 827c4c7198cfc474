//! Stands in for Terraform if there is none: starts this program as a plugin, as Terraform does, and plans
//! and applies the quickstart over the same protocol. It knows only as much of Terraform's language as the
//! quickstart uses.

use tokio::process::Command;

use super::config::{Config, ConfigBlock, EvalContext, written};
use super::program::shown;
use super::{Applied, QUICKSTART, World};
use crate::command::Error;
use crate::terraform::host::{Core, Host, Process, ResourceInstance};

/// A running plugin, and the objects that it has created.
pub(super) struct StandIn<'w> {
    config: Config,
    world: &'w World,
    plugin: Option<(Process, Core)>,
    state: Vec<(ConfigBlock, ResourceInstance)>,
    known: EvalContext,
}

impl<'w> StandIn<'w> {
    /// Loads the quickstart in this world.
    pub(super) fn new(world: &'w World) -> Result<Self, Error> {
        let config = Config::parse(QUICKSTART)?;
        let state =
            config.resources.iter().map(|block| (block.clone(), ResourceInstance::default())).collect();
        Ok(Self { config, world, plugin: None, state, known: EvalContext::default() })
    }

    /// Starts the plugin and configures it.
    pub(super) async fn init(&mut self) -> Result<(), Error> {
        let mut command = Command::new(std::env::current_exe()?);
        self.world.enter(&mut command);
        let host = Host::new()?;
        let process = Process::start(&host, command).await?;
        let mut core = Core::over(process.line.channel(host.client()?).await?).await?;
        let ty = core.provider_type()?;
        core.configure(&written(&self.config.provider, &ty, &hcl::eval::Context::new())).await?;
        self.plugin = Some((process, core));
        Ok(())
    }

    /// Refreshes what was created and plans; returns the addresses that would change.
    pub(super) async fn plan(&mut self) -> Result<Vec<String>, Error> {
        let core = core(&mut self.plugin)?;
        let mut changing = Vec::new();
        for (block, object) in &mut self.state {
            if !object.state.is_null() {
                *object = core.refresh(&block.kind, object).await?;
            }
            let written = block.written(&core.resource_type(&block.kind)?, &self.known);
            let planned = core.plan(&block.kind, object, &written).await?;
            if planned.state != object.state {
                changing.push(block.address());
            }
        }
        Ok(changing)
    }

    /// Creates all objects, one after another, and reads the data sources.
    pub(super) async fn apply(&mut self) -> Result<Applied, Error> {
        let core = core(&mut self.plugin)?;
        let mut applied = Applied::default();
        for (block, object) in &mut self.state {
            let written = block.written(&core.resource_type(&block.kind)?, &self.known);
            let planned = core.plan(&block.kind, object, &written).await?;
            *object = core.apply(&block.kind, object, &planned, &written).await?;
            self.known.learn(block, &object.state);
            let id = object.state.get("id").as_str().unwrap_or_default();
            applied.made.push((block.address(), id.to_owned()));
        }
        for block in &self.config.data {
            let written = block.written(&core.data_type(&block.kind)?, &self.known);
            let answer = core.data(&block.kind, &written).await?;
            self.known.learn_data(block, &answer);
        }
        for (name, expression) in &self.config.outputs {
            let value = serde_json::to_value(self.known.evaluate(expression)?)?;
            applied.outputs.push((name.clone(), shown(&value)));
        }
        applied.outputs.sort();
        Ok(applied)
    }
}

fn core(plugin: &mut Option<(Process, Core)>) -> Result<&mut Core, Error> {
    plugin.as_mut().map(|(_, core)| core).ok_or_else(|| "the plugin was not started".into())
}
