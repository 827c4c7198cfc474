//! Terraform's names for platforms, such as `linux_amd64`.

/// The name of the platform that this program was built for.
pub(super) fn platform() -> String {
    name(std::env::consts::OS, std::env::consts::ARCH)
}

/// Returns the platform name for a Rust target such as `aarch64-apple-darwin`, or `None` if it is not a
/// target.
pub fn platform_of_target(target: &str) -> Option<String> {
    let (machine, rest) = target.split_once('-')?;
    let systems = ["linux", "darwin", "windows", "freebsd"];
    let system = systems.into_iter().find(|system| rest.split('-').any(|part| part == *system))?;
    Some(name(system, machine))
}

fn name(system: &str, machine: &str) -> String {
    let system = if system == "macos" { "darwin" } else { system };
    let machine = match machine {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" | "i686" => "386",
        other => other,
    };
    format!("{system}_{machine}")
}

#[cfg(test)]
mod tests {
    use super::platform_of_target;

    #[test]
    fn a_target_is_a_platform() {
        for (target, platform) in [
            ("x86_64-unknown-linux-gnu", "linux_amd64"),
            ("aarch64-unknown-linux-musl", "linux_arm64"),
            ("aarch64-apple-darwin", "darwin_arm64"),
            ("x86_64-pc-windows-msvc", "windows_amd64"),
        ] {
            assert_eq!(platform_of_target(target).as_deref(), Some(platform));
        }
        assert_eq!(platform_of_target("wasm32-unknown-unknown"), None);
    }
}
