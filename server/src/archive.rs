//! `polity export` and `polity import`: a whole community as one file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use store::Store;
use store::archive;
use store::audit::{AuditQuery, MAX_AUDIT_PAGE};
use types::CommunityId;

use crate::boot;
use crate::cli::{ExportArgs, ImportArgs};
use crate::config::Config;

/// `polity export`.
///
/// # Errors
/// Where the database or the file cannot be used, or there is no such community.
pub fn export(args: &ExportArgs) -> Result<ExitCode> {
    let config = Config::load(args.database.config.as_deref())?.with_flags(None, args.database.database.clone());
    boot::runtime()?.block_on(async {
        let store = boot::open(&config).await?;
        let mut out: Box<dyn Write> = match &args.output {
            Some(path) => Box::new(BufWriter::new(
                File::create(path).with_context(|| format!("could not make {}", path.display()))?,
            )),
            None => Box::new(io::stdout().lock()),
        };
        let n_rows = write(&store, &args.slug, &mut out).await?;
        out.flush()?;
        eprintln!("wrote {n_rows} rows of {}", args.slug);
        store.close().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// `polity import`.
///
/// # Errors
/// Where the database or the file cannot be used, or the community is there already: nothing was changed then.
pub fn import(args: &ImportArgs) -> Result<ExitCode> {
    let config = Config::load(args.database.config.as_deref())?.with_flags(None, args.database.database.clone());
    boot::runtime()?.block_on(async {
        let store = boot::open(&config).await?;
        let from: Box<dyn BufRead> = if args.file == Path::new("-") {
            Box::new(BufReader::new(io::stdin()))
        } else {
            let file = File::open(&args.file).with_context(|| format!("could not open {}", args.file.display()))?;
            Box::new(BufReader::new(file))
        };
        let (slug, n_entries) = read(&store, from).await?;
        println!("took in {slug}: its log of {n_entries} entries is whole");
        store.close().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Writes the community of `slug`, and answers with how many rows there were.
///
/// # Errors
/// Where there is none, or what the store or the file answered.
pub async fn write(store: &Store, slug: &str, out: &mut impl Write) -> Result<u64> {
    let community = store.system().community_by_slug(slug).await?;
    let community = community.with_context(|| format!("there is no community {slug}"))?;
    Ok(archive::export(&store.community(community.id), out).await?)
}

/// Takes a community in, and answers with its name in addresses and the length of its log, which was checked.
///
/// # Errors
/// Where the archive is none, the community is there already, or its log does not hold together: nothing was changed then.
pub async fn read(store: &Store, from: impl BufRead) -> Result<(String, i64)> {
    let tx = store.begin().await?;
    let header = archive::import(&tx.system(), from).await?;
    let n_entries = checked(&tx, header.community).await?;
    tx.commit().await?;
    Ok((header.slug, n_entries))
}

/// Checks the log that has come.
async fn checked(tx: &store::Tx, community: CommunityId) -> Result<i64> {
    let handle = tx.community(community);
    let mut entries = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry: &types::audit::AuditEntry| entry.seq);
        let query = AuditQuery { after, limit: MAX_AUDIT_PAGE, ..AuditQuery::default() };
        let page = handle.audit_entries(&query).await?;
        let is_last = page.len() < MAX_AUDIT_PAGE as usize;
        entries.extend(page);
        if is_last {
            break;
        }
    }
    match store::verify(entries.into_iter().map(Ok::<_, store::StoreError>)) {
        Ok(whole) => Ok(whole.last_seq),
        Err(tampered) => bail!("the log in the archive is not whole, at entry {}: {}", tampered.seq, tampered.what),
    }
}
