//! Frames between the pool and its workers: a length, then a postcard message.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};
use types::{Evaluation, PolicyError, Request};

use super::confinement::LayerReport;

/// Largest question. 100,000 members with their roles take about 15 MiB.
///
/// # Units
/// Bytes.
pub const MAX_CALL_BYTES: usize = 32 << 20;

/// Largest answer. The engine bounds effects, data and logs to far less; a worker that sends more has been taken over.
///
/// # Units
/// Bytes.
pub const MAX_ANSWER_BYTES: usize = 4 << 20;

/// Bytes of the length before each message.
const LENGTH_BYTES: usize = 4;

/// What the pool asks a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, on its way through a pipe")]
pub enum Call<'a> {
    /// Evaluate a policy.
    Evaluate(Cow<'a, Request>),
    /// Say whether a source parses.
    Check(Cow<'a, str>),
    /// Do simulation work: [`crate::simulate::work::Work`] as JSON, whose shapes a binary format cannot hold.
    Work(Cow<'a, str>),
    /// Say that you are there.
    Ping,
    /// Try to break out.
    #[cfg(debug_assertions)]
    Probe(super::probe::Probe),
}

/// The first thing a worker says, before it reads anything.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// What confines it.
    pub layers: Vec<LayerReport>,
}

/// What a worker answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The answer itself.
    pub reply: Reply,
    /// How large its heap was before this call, after collecting garbage.
    pub heap_bytes: u64,
}

/// The answer itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Call::Evaluate`].
    Evaluated(Evaluation),
    /// To [`Call::Check`].
    Checked(Result<(), PolicyError>),
    /// To [`Call::Work`]: [`crate::simulate::work::Done`] as JSON; none where the work could not be read.
    Worked(Option<String>),
    /// To [`Call::Ping`].
    Pong,
    /// To [`Call::Probe`]: what the system said.
    #[cfg(debug_assertions)]
    Probed(Result<(), String>),
}

/// Why a message did not get through.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The other side is gone, or the pipe is.
    #[error("the pipe broke")]
    Pipe(#[from] io::Error),
    /// More than the limit.
    #[error("a message of {length} bytes; at most {limit} are allowed")]
    TooLong {
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Not a message.
    #[error("a message that cannot be read")]
    Garbled(#[from] postcard::Error),
}

/// The frame of `message`.
///
/// # Errors
/// [`FrameError::TooLong`].
pub fn encode<T: Serialize>(message: &T, limit: usize) -> Result<Vec<u8>, FrameError> {
    let mut frame = postcard::to_extend(message, vec![0; LENGTH_BYTES])?;
    let length = frame.len() - LENGTH_BYTES;
    let header = u32::try_from(length).ok().filter(|_| length <= limit);
    let header = header.ok_or(FrameError::TooLong { length, limit })?.to_le_bytes();
    for (to, from) in frame.iter_mut().zip(header) {
        *to = from;
    }
    Ok(frame)
}

/// Writes one frame: the worker's side.
///
/// # Errors
/// [`FrameError::Pipe`] or [`FrameError::TooLong`].
pub fn write<T: Serialize>(to: &mut impl Write, message: &T, limit: usize) -> Result<(), FrameError> {
    Ok(to.write_all(&encode(message, limit)?)?)
}

/// Reads one frame: the worker's side. None where the pool has closed the pipe.
///
/// # Errors
/// [`FrameError`].
pub fn read<T: DeserializeOwned>(from: &mut impl Read, limit: usize) -> Result<Option<T>, FrameError> {
    let mut header = [0; LENGTH_BYTES];
    match from.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let mut message = vec![0; checked_length(header, limit)?];
    from.read_exact(&mut message)?;
    Ok(Some(postcard::from_bytes(&message)?))
}

/// Reads one frame: the pool's side.
///
/// # Errors
/// [`FrameError`].
pub async fn receive<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin), limit: usize) -> Result<T, FrameError> {
    let mut header = [0; LENGTH_BYTES];
    from.read_exact(&mut header).await?;
    let mut message = vec![0; checked_length(header, limit)?];
    from.read_exact(&mut message).await?;
    Ok(postcard::from_bytes(&message)?)
}

fn checked_length(header: [u8; LENGTH_BYTES], limit: usize) -> Result<usize, FrameError> {
    let length = usize::try_from(u32::from_le_bytes(header)).unwrap_or(usize::MAX);
    if length <= limit { Ok(length) } else { Err(FrameError::TooLong { length, limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_out_as_it_went_in() {
        let mut pipe = Vec::new();
        write(&mut pipe, &Call::Check("function check() {}".into()), 100).unwrap();
        write(&mut pipe, &Call::Ping, 100).unwrap();
        let mut pipe = pipe.as_slice();
        let first = read(&mut pipe, 100).unwrap();
        assert!(matches!(first, Some(Call::Check(source)) if source == "function check() {}"));
        assert!(matches!(read(&mut pipe, 100).unwrap(), Some(Call::Ping)));
        assert!(read::<Call>(&mut pipe, 100).unwrap().is_none());
    }

    #[test]
    fn lengths_are_checked_before_memory_is_taken() {
        assert!(matches!(encode(&Call::Check("x".repeat(100).into()), 50), Err(FrameError::TooLong { limit: 50, .. })));
        let mut pipe = &u32::MAX.to_le_bytes()[..];
        assert!(matches!(read::<Call>(&mut pipe, 50), Err(FrameError::TooLong { .. })));
    }
}
