//! Downloads OpenTofu on machines that have neither terraform nor tofu: one fixed version, verified by
//! checksum, and kept in the user's folder for files that can be recreated.

use std::fs;
use std::io::{self, BufRead as _, Cursor, IsTerminal as _, Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::{WIDTH, wrapped};
use crate::command::Error;
use crate::command::platform::platform;
use crate::env::{self, Env};
use crate::files;

const VERSION: &str = "1.10.6";
/// The address of the project's releases.
const RELEASES: &str = "https://github.com/opentofu/opentofu/releases/download";
/// The zips of that version by platform, with the SHA-256 from the release's own list.
const CHECKSUMS: [(&str, &str); 2] = [
    ("linux_amd64", "15b7bed76420b50da3e121769c43341df8cd57d751ca14e6dbe9c850124c6dac"),
    ("linux_arm64", "a32f653d686a8cad9b9be82101eb5b5e834fbfa8d095842fa1820c5d27fad967"),
];
/// The maximum size of a zip; they are about 26 MB.
const LARGEST: usize = 64 << 20;
const TIMEOUT: Duration = Duration::from_mins(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A release for one platform.
#[derive(Debug, Clone, Copy)]
struct Release<'r> {
    url: &'r str,
    sha256: &'r str,
}

/// Returns OpenTofu from an earlier demo, or downloads it if `agreed` or a person at the terminal agrees.
/// Returns `None` if it cannot be had; the reason is printed.
pub(super) async fn tofu(
    env: &Env,
    agreed: bool,
    is_terminal: bool,
    out: &mut dyn Write,
) -> Result<Option<PathBuf>, Error> {
    let platform = platform();
    let pinned = CHECKSUMS.iter().find(|(name, _)| *name == platform);
    let (Some((_, sha256)), Some(folder)) = (pinned, cache(env)) else { return Ok(None) };
    let program = folder.join(format!("tofu-{VERSION}"));
    if program.is_file() {
        return Ok(Some(program));
    }
    let asks = is_terminal && io::stdin().is_terminal();
    if !(agreed || asks && agrees(out)?) {
        return Ok(None);
    }
    let url = format!("{RELEASES}/v{VERSION}/tofu_{VERSION}_{platform}.zip");
    match install(Release { url: &url, sha256 }, &program).await {
        Ok(()) => Ok(Some(program)),
        Err(error) => {
            let told = format!("OpenTofu {VERSION} was not downloaded from {RELEASES}: {error}.");
            for line in wrapped(&told, WIDTH) {
                writeln!(out, "{line}")?;
            }
            writeln!(out)?;
            Ok(None)
        }
    }
}

/// The folder for the program in the user's cache.
fn cache(env: &Env) -> Option<PathBuf> {
    let own = || Some(Path::new(&env.get(env::HOME)?).join(".cache"));
    let cache = env.get(env::XDG_CACHE_HOME).map(PathBuf::from).or_else(own)?;
    Some(cache.join("terraform-provider-stripe"))
}

fn agrees(out: &mut dyn Write) -> Result<bool, Error> {
    write!(
        out,
        "Neither terraform nor tofu is on the PATH. Download OpenTofu {VERSION} (26 MB) for the demo?\n\
         Without it a part of this program stands in for Terraform. [Y/n] "
    )?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    writeln!(out)?;
    Ok(is_yes(&answer))
}

/// Whether a person's line agrees. At the end of the input, the line is empty and does not agree.
fn is_yes(line: &str) -> bool {
    !line.is_empty() && matches!(line.trim().to_lowercase().as_str(), "" | "y" | "yes")
}

/// Downloads a release, verifies it and unpacks its program.
async fn install(release: Release<'_>, program: &Path) -> Result<(), Error> {
    let zip = fetch(release.url).await.map_err(|error| innermost(&error))?;
    let found = hex::encode(Sha256::digest(&zip));
    if found != release.sha256 {
        return Err(format!("its SHA-256 is {found}, and not {}", release.sha256).into());
    }
    let mut unpacked = Vec::new();
    zip::ZipArchive::new(Cursor::new(zip))?.by_name("tofu")?.read_to_end(&mut unpacked)?;
    let folder = program.parent().unwrap_or(Path::new("."));
    files::private_folder(folder)?;
    // Another demo may download it at the same time: each writes its own file, and the last one stays.
    let beside = tempfile::NamedTempFile::new_in(folder)?.into_temp_path();
    fs::write(&beside, unpacked)?;
    #[cfg(unix)]
    fs::set_permissions(&beside, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(beside.persist(program)?)
}

/// Explains why a download failed, without the outer errors that only say that it did.
fn innermost(error: &Error) -> String {
    let cause = std::iter::successors(error.source(), |&cause| cause.source()).last();
    cause.map_or_else(|| error.to_string(), ToString::to_string)
}

async fn fetch(url: &str) -> Result<Vec<u8>, Error> {
    let client = reqwest::Client::builder().timeout(TIMEOUT).connect_timeout(CONNECT_TIMEOUT).build()?;
    let mut response = client.get(url).send().await?;
    if !response.status().is_success() {
        return Err(format!("the answer is {}", response.status()).into());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST {
            return Err(format!("it is larger than {} MiB", LARGEST >> 20).into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use sha2::{Digest as _, Sha256};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use zip::write::SimpleFileOptions;

    use super::{CHECKSUMS, Release, cache, install, is_yes};
    use crate::env::Env;

    fn archive() -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [("LICENSE", "free"), ("tofu", "#!/bin/sh\n")] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Returns an address that answers every request with this body.
    async fn serve(body: Vec<u8>) -> String {
        answer(
            [format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes(), body]
                .concat(),
        )
        .await
    }

    /// Returns an address that sends this answer to every request and then hangs up.
    async fn answer(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/tofu.zip", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                stream.write_all(&answer).await.unwrap();
            }
        });
        url
    }

    #[tokio::test]
    async fn what_has_the_checksum_is_unpacked_and_may_be_run() {
        let (folder, zip) = (tempfile::tempdir().unwrap(), archive());
        let sha256 = hex::encode(Sha256::digest(&zip));
        let (url, program) = (serve(zip).await, folder.path().join("own/tofu-1"));
        install(Release { url: &url, sha256: &sha256 }, &program).await.unwrap();
        assert!(std::process::Command::new(&program).status().unwrap().success());
    }

    #[tokio::test]
    async fn two_downloads_at_a_time_are_not_in_each_others_way() {
        let (folder, zip) = (tempfile::tempdir().unwrap(), archive());
        let sha256 = hex::encode(Sha256::digest(&zip));
        let (url, program) = (serve(zip).await, folder.path().join("tofu-1"));
        // This is what another writer would leave if both used the same temporary name.
        std::fs::create_dir(program.with_extension("new")).unwrap();
        let release = || Release { url: &url, sha256: &sha256 };
        let (first, second) = tokio::join!(install(release(), &program), install(release(), &program));
        first.and(second).unwrap();
        assert!(std::process::Command::new(&program).status().unwrap().success());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    }

    #[tokio::test]
    async fn what_has_another_checksum_is_refused_and_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (url, program) = (serve(archive()).await, folder.path().join("own/tofu-1"));
        let error = install(Release { url: &url, sha256: CHECKSUMS[0].1 }, &program).await.unwrap_err();
        assert!(error.to_string().contains("and not 15b7bed7"), "{error}");
        assert!(!program.exists() && !folder.path().join("own").exists());
    }

    #[tokio::test]
    async fn a_download_that_breaks_is_told_by_its_cause_and_not_kept() {
        let cut = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nPK".to_vec()).await;
        let gone = answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
        let closed = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
        for (url, why) in [
            (cut, "end of file before message length reached"),
            (gone, "the answer is 404 Not Found"),
            (format!("http://{closed}/tofu.zip"), "Connection refused"),
            ("http://releases.invalid/tofu.zip".to_owned(), "failed to lookup address"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let program = folder.path().join("own/tofu-1");
            let error = install(Release { url: &url, sha256: CHECKSUMS[0].1 }, &program).await.unwrap_err();
            assert!(error.to_string().contains(why), "{url}: {error}");
            assert!(!folder.path().join("own").exists(), "{url}");
        }
    }

    #[test]
    fn it_is_kept_in_the_users_cache() {
        let env = Env::from_pairs([("HOME", "/home/ada")]);
        assert_eq!(cache(&env).unwrap().to_str(), Some("/home/ada/.cache/terraform-provider-stripe"));
        let env = Env::from_pairs([("HOME", "/home/ada"), ("XDG_CACHE_HOME", "/c")]);
        assert_eq!(cache(&env).unwrap().to_str(), Some("/c/terraform-provider-stripe"));
    }

    #[test]
    fn only_a_line_agrees() {
        for agreed in ["\n", "y\n", "Yes \r\n", "y"] {
            assert!(is_yes(agreed), "{agreed:?}");
        }
        for refused in ["", "n\n", "later\n"] {
            assert!(!is_yes(refused), "{refused:?}");
        }
    }
}
