//! Secrets at rest: what a connection needs to act on a platform is encrypted before it reaches the database.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Shortest `POLITY_SECRET_KEY` that is accepted.
///
/// # Units
/// Characters. `openssl rand -hex 32` gives 64; a word that a person could remember, and another guess, is shorter than 32.
pub const MIN_KEY_CHARS: usize = 32;

/// The first byte of what [`Vault::seal`] makes, so that another algorithm can follow without guessing.
const FORMAT: u8 = 1;

/// Bytes of a nonce. At 192 random bits no two are ever the same.
const NONCE_BYTES: usize = 24;

/// Why secrets cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A key that could be guessed.
    #[error(
        "POLITY_SECRET_KEY has fewer than {MIN_KEY_CHARS} characters; make one with: openssl rand -hex 32, and keep it safe"
    )]
    WeakKey,
    /// Several processes share a database, so a generated file beside it cannot be the key.
    #[error(
        "POLITY_SECRET_KEY is not set; with PostgreSQL every process needs the same one: make it with: openssl rand -hex 32"
    )]
    NoKey,
    /// The generated key file.
    #[error("could not read or write the key file {path}")]
    KeyFile {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Another key, another purpose, or damage.
    #[error("a stored secret cannot be decrypted with this key")]
    Unreadable,
}

/// Encrypts and decrypts secrets with one key, by XChaCha20-Poly1305.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// The vault of this installation: with `key` from the environment, else with a key file beside the SQLite database,
    /// which is made on first use and readable by its owner only.
    ///
    /// # Errors
    /// [`SecretsError::NoKey`] where neither exists, [`SecretsError::WeakKey`], [`SecretsError::KeyFile`].
    pub fn open(key: Option<&SecretString>, database_url: &str) -> Result<Self, SecretsError> {
        match key {
            Some(key) => Self::with_key(key),
            None => match key_file(database_url) {
                Some(path) => Self::with_key(&read_or_make_key(&path)?),
                None if database_url.starts_with("sqlite:") => Ok(Self::ephemeral()),
                None => Err(SecretsError::NoKey),
            },
        }
    }

    /// A vault with this key.
    ///
    /// # Errors
    /// [`SecretsError::WeakKey`].
    pub fn with_key(key: &SecretString) -> Result<Self, SecretsError> {
        let key = key.expose_secret().trim();
        if key.chars().count() < MIN_KEY_CHARS {
            return Err(SecretsError::WeakKey);
        }
        let hash = Sha256::new().chain_update(b"polity secrets v1\0").chain_update(key.as_bytes()).finalize();
        Ok(Self { cipher: XChaCha20Poly1305::new(&hash) })
    }

    /// A vault whose key is never written down: for databases in memory.
    #[must_use]
    pub fn ephemeral() -> Self {
        let mut key = [0; 32];
        rand::rng().fill_bytes(&mut key);
        Self { cipher: XChaCha20Poly1305::new(&key.into()) }
    }

    /// Encrypts `plain`. It can only be read again for the same `purpose`, such as `connection:{id}`, so that a row copied
    /// over another one opens nothing.
    ///
    /// # Errors
    /// [`SecretsError::Unreadable`] for texts of more than 256 GiB.
    pub fn seal(&self, purpose: &str, plain: &SecretString) -> Result<Vec<u8>, SecretsError> {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: plain.expose_secret().as_bytes(), aad: purpose.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SecretsError::Unreadable)?;
        Ok([&[FORMAT], nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Self::seal`] made for the same purpose.
    ///
    /// # Errors
    /// [`SecretsError::Unreadable`].
    pub fn unseal(&self, purpose: &str, sealed: &[u8]) -> Result<SecretString, SecretsError> {
        let (format, rest) = sealed.split_first().ok_or(SecretsError::Unreadable)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SecretsError::Unreadable)?;
        if *format != FORMAT {
            return Err(SecretsError::Unreadable);
        }
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SecretsError::Unreadable)?;
        String::from_utf8(plain).map(SecretString::from).map_err(|_| SecretsError::Unreadable)
    }
}

/// The key file of a SQLite database: `data/polity.key` beside `data/polity.db`. None for one in memory and for PostgreSQL.
fn key_file(database_url: &str) -> Option<PathBuf> {
    let file = database_url.strip_prefix("sqlite:")?;
    let file = file.strip_prefix("//").unwrap_or(file);
    let file = file.split('?').next().filter(|file| !file.is_empty() && !file.starts_with(":memory:"))?;
    Some(Path::new(file).with_extension("key"))
}

fn read_or_make_key(path: &Path) -> Result<SecretString, SecretsError> {
    let explain = |source| SecretsError::KeyFile { path: path.to_owned(), source };
    match make_key(path) {
        Ok(()) => {}
        // Made on an earlier start, or this instant by a process that started beside us.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(explain(error)),
    }
    fs::read_to_string(path).map(SecretString::from).map_err(explain)
}

/// Writes the key to a file of its own first: a process that starts at the same time sees the whole key or none.
fn make_key(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut key = [0; 32];
    rand::rng().fill_bytes(&mut key);
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let draft = path.with_extension(format!("key.{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn vault(key: &str) -> Vault {
        Vault::with_key(&SecretString::from(key.repeat(32))).unwrap()
    }

    #[test]
    fn a_sealed_secret_opens_for_its_purpose_and_key_only() {
        let token = SecretString::from("xoxb-1234");
        let sealed = vault("a").seal("connection:1", &token).unwrap();
        assert!(!sealed.windows(4).any(|window| window == b"xoxb"));
        assert_eq!(vault("a").unseal("connection:1", &sealed).unwrap().expose_secret(), "xoxb-1234");
        assert!(vault("a").unseal("connection:2", &sealed).is_err());
        assert!(vault("b").unseal("connection:1", &sealed).is_err());
        assert_ne!(sealed, vault("a").seal("connection:1", &token).unwrap(), "a nonce must not repeat");
        for cut in 0..sealed.len() {
            assert!(vault("a").unseal("connection:1", &sealed[..cut]).is_err());
        }
    }

    #[test]
    fn without_a_key_sqlite_gets_a_private_file_and_postgres_an_explanation() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/new/polity.db?mode=rwc", folder.path().display());
        let sealed = Vault::open(None, &url).unwrap().seal("x", &SecretString::from("s")).unwrap();
        assert!(Vault::open(None, &url).unwrap().unseal("x", &sealed).is_ok(), "the key must survive a restart");
        let mode = fs::metadata(folder.path().join("new/polity.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(matches!(Vault::open(None, "postgres://localhost/polity"), Err(SecretsError::NoKey)));
        assert!(matches!(Vault::open(Some(&SecretString::from("short")), &url), Err(SecretsError::WeakKey)));
    }
}
