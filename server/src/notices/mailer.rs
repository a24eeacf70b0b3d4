//! The operator's mail server, by SMTP.

use std::time::Duration;

use anyhow::{Context, Result};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::hex::hex;

/// How long a mail server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends letters through the operator's mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A letter, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// What it is made of: becomes its Message-ID, by which a second copy is recognised.
    pub origin: String,
    /// Where it goes.
    pub address: String,
    /// Its subject line.
    pub title: String,
    /// Its whole text.
    pub body: String,
    /// The address that ends such letters with one click (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It can never be sent.
    #[error("the letter cannot be sent: {0}")]
    Never(String),
    /// It may work later.
    #[error("the mail server did not take the letter: {0}")]
    Later(String),
}

impl Mailer {
    /// The mailer that `config` names; none where it names none.
    ///
    /// # Errors
    /// Where the address of the server or of the sender is not one.
    pub fn of(config: &Config) -> Result<Option<Self>> {
        let Some(url) = &config.secrets.smtp_url else { return Ok(None) };
        let from = config.service.mail_from.clone().context("POLITY_SMTP_URL is set, and POLITY_MAIL_FROM is not")?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_| {
                anyhow::anyhow!("POLITY_SMTP_URL is not the address of a mail server: write smtps://user:password@host")
            })?
            .timeout(Some(TIMEOUT))
            .build();
        let from = from.parse::<Mailbox>().context("POLITY_MAIL_FROM is not an address")?;
        Ok(Some(Self { transport, from }))
    }

    /// Hands a letter to the server.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = self.message(letter).map_err(|error| SendError::Never(format!("{error:#}")))?;
        self.transport.send(message).await.map(drop).map_err(|error| explained(&error))
    }

    fn message(&self, letter: &Letter) -> Result<Message> {
        let to: Mailbox = letter.address.parse().context("the address is not one")?;
        let host = self.from.email.domain();
        let id = hex(&Sha256::digest(letter.origin.as_bytes()));
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.title)
            .message_id(Some(format!("<{id}@{host}>")))
            .header(ContentType::TEXT_PLAIN);
        // Says that no person wrote it, so that no out-of-office answers.
        builder = raw(builder, "Auto-Submitted", "auto-generated");
        if let Some(link) = &letter.unsubscribe {
            builder = raw(builder, "List-Unsubscribe", &format!("<{link}>"));
            builder = raw(builder, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        Ok(builder.body(letter.body.clone())?)
    }
}

fn raw(builder: MessageBuilder, name: &'static str, value: &str) -> MessageBuilder {
    builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned()))
}

fn explained(error: &SmtpError) -> SendError {
    let why = error.to_string();
    if error.is_permanent() { SendError::Never(why) } else { SendError::Later(why) }
}

/// Whether a text can be an address that letters reach.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.contains('.') && text.parse::<lettre::Address>().is_ok()
}
