//! Signatures of what platforms send: checked on the raw bytes, in a time that does not tell where they differ.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use types::Timestamp;

use crate::DecodeError;

/// How far the moment of signing may lie from now, in either direction.
///
/// # Units
/// Seconds. Slack recommends five minutes, and repeats a delivery with a new signature.
///
/// # Source
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
pub(crate) const REPLAY_WINDOW_SECONDS: u64 = 300;

/// Whether `signature` (lower-case hexadecimal) is the HMAC-SHA256 of the parts under `secret`.
///
/// # Errors
/// [`DecodeError::Forged`].
pub(crate) fn check_hmac(secret: &str, parts: &[&[u8]], signature: &str) -> Result<(), DecodeError> {
    // No vendor writes upper case: a text that means the same bytes but is not what was sent is somebody else's.
    let is_plain = signature.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let given = unhex(signature).filter(|_| is_plain).ok_or(DecodeError::Forged)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, &parts.concat(), &given).map_err(|_| DecodeError::Forged)
}

/// The HMAC-SHA256 of the parts under `secret`, in lower-case hexadecimal.
#[cfg(test)]
pub(crate) fn hmac_hex(secret: &str, parts: &[&[u8]]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, &parts.concat()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `signature` (hexadecimal) is the Ed25519 signature of the parts by the holder of `public_key` (hexadecimal).
///
/// # Errors
/// [`DecodeError::Forged`].
pub(crate) fn check_ed25519(public_key: &str, parts: &[&[u8]], signature: &str) -> Result<(), DecodeError> {
    let key = unhex(public_key).ok_or(DecodeError::NotConfigured("public_key"))?;
    let given = unhex(signature).ok_or(DecodeError::Forged)?;
    UnparsedPublicKey::new(&ED25519, key).verify(&parts.concat(), &given).map_err(|_| DecodeError::Forged)
}

/// Whether a delivery was signed just now, by the sender's own word under its signature.
///
/// # Errors
/// [`DecodeError::Stale`], or [`DecodeError::Forged`] where the moment is none.
pub(crate) fn check_moment(written: &str, now: Timestamp) -> Result<(), DecodeError> {
    let is_number = !written.is_empty() && written.len() <= 12 && written.bytes().all(|byte| byte.is_ascii_digit());
    let signed: i64 = written.parse().ok().filter(|_| is_number).ok_or(DecodeError::Forged)?;
    let apart = now.0.div_euclid(1000).abs_diff(signed);
    if apart > REPLAY_WINDOW_SECONDS { Err(DecodeError::Stale(apart, REPLAY_WINDOW_SECONDS)) } else { Ok(()) }
}

/// The bytes of a hexadecimal text.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GitHub's own example, <https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries>.
    #[test]
    fn the_documented_hmac_is_accepted_and_nothing_like_it() {
        let (secret, body) = ("It's a Secret to Everybody", b"Hello, World!".as_slice());
        let good = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(check_hmac(secret, &[body], good), Ok(()));
        assert_eq!(hmac_hex(secret, &[body]), good);
        for bad in [
            &good.to_uppercase(),
            good.get(1..).unwrap(),
            good.get(..62).unwrap(),
            "",
            "zz",
            &format!("{good}00"),
            &good.replace('7', "8"),
        ] {
            assert_eq!(check_hmac(secret, &[body], bad), Err(DecodeError::Forged), "{bad}");
        }
        assert_eq!(check_hmac("another", &[body], good), Err(DecodeError::Forged));
    }

    /// RFC 8032, section 7.1, test 3.
    #[test]
    fn the_standards_ed25519_signature_is_accepted_and_no_other() {
        let key = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
        let good = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
                    18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";
        assert_eq!(check_ed25519(key, &[&[0xaf], &[0x82]], good), Ok(()));
        assert_eq!(check_ed25519(key, &[&[0xaf], &[0x83]], good), Err(DecodeError::Forged));
        assert_eq!(check_ed25519(key, &[&[0xaf], &[0x82]], good.get(2..).unwrap()), Err(DecodeError::Forged));
        assert_eq!(check_ed25519(key, &[&[0xaf], &[0x82]], "not hex"), Err(DecodeError::Forged));
        assert!(matches!(check_ed25519("", &[&[0xaf]], good), Err(DecodeError::Forged)));
    }

    #[test]
    fn a_moment_counts_for_five_minutes_in_both_directions() {
        let now = Timestamp::from_millis(1_531_420_618_000);
        for good in ["1531420618", "1531420318", "1531420918"] {
            assert_eq!(check_moment(good, now), Ok(()), "{good}");
        }
        for stale in ["1531420317", "1531420919", "0"] {
            assert!(matches!(check_moment(stale, now), Err(DecodeError::Stale(..))), "{stale}");
        }
        for bad in ["", "+1531420618", "1531420618.0", "-1", "99999999999999999999", " 1531420618"] {
            assert_eq!(check_moment(bad, now), Err(DecodeError::Forged), "{bad}");
        }
    }
}
