//! A unix socket in a file with a unique name, which is removed when the socket is dropped.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;

use tempfile::NamedTempFile;
use tokio::net::UnixListener;

use crate::terraform::plugin::socket::unix_stream::UnixStream;
use crate::terraform::plugin::{Environment, Error};

/// The prefix of socket names; hosts that clean up look for it.
const PREFIX: &str = "plugin";
/// Where the operating system lists groups: `name:password:number:members`.
const GROUPS: &str = "/etc/group";

/// A listening unix socket. Its file is removed when it is dropped.
#[derive(Debug)]
pub(in crate::terraform::plugin) struct UnixSocket {
    file: NamedTempFile<UnixListener>,
    path: String,
}

impl UnixSocket {
    /// Listens in the folder that the host names, accessible to this user or to the host's group.
    pub(super) fn bind(environment: &Environment) -> Result<Self, Error> {
        let folder = environment.socket_folder();
        let refused = |source| Error::Listen { place: folder.display().to_string(), source };
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .make_in(&folder, |path| UnixListener::bind(path))
            .map_err(refused)?;
        let Some(path) = file.path().to_str().map(str::to_owned) else {
            return Err(refused(io::Error::new(io::ErrorKind::InvalidFilename, "the path is not unicode")));
        };
        match environment.socket_group() {
            None => restrict(file.path(), 0o600)?,
            Some(group) => {
                let number = group_number(group)?.ok_or_else(|| Error::Group { group: group.to_owned() })?;
                chown(file.path(), None, Some(number))?;
                restrict(file.path(), 0o660)?;
            }
        }
        Ok(Self { file, path })
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        let (stream, _) = self.file.as_file().accept().await?;
        UnixStream::new(stream)
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Returns the number of a group, which may be given by name or already as a number.
fn group_number(group: &str) -> io::Result<Option<u32>> {
    if let Ok(number) = group.parse() {
        return Ok(Some(number));
    }
    Ok(find_group(&fs::read_to_string(GROUPS)?, group))
}

fn find_group(groups: &str, name: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut parts = line.split(':');
        (parts.next() == Some(name)).then(|| parts.nth(1)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::find_group;

    #[test]
    fn a_group_is_found_by_its_whole_name() {
        let groups = "root:x:0:\ndocker:x:999:ann,bob\ndock:x:1000:\nbroken\n";
        assert_eq!(find_group(groups, "docker"), Some(999));
        assert_eq!(find_group(groups, "dock"), Some(1000));
        assert_eq!(find_group(groups, "broken"), None);
        assert_eq!(find_group(groups, "wheel"), None);
    }
}
