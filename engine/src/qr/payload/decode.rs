//! How are the bytes of a code read?

use super::form::{Form, KIND_2024, KIND_2025, MAX, PREFIX, Role, UNSTABLE_PREFIX};
use super::wrong::{self, QrField, WrongCode};
use crate::address::Unfit;
use crate::qr::key::PublicKey;
use crate::qr::place::{BaseUrl, CellId, CellUrl, Homeserver};

/// The content of a code. What follows the last field is left alone, as both SDKs do.
pub(super) fn decode(bytes: &[u8]) -> Result<(PublicKey, Form), WrongCode> {
    if bytes.len() > MAX {
        return Err(WrongCode::TooLong);
    }
    let (rest, stable) = match (bytes.strip_prefix(PREFIX), bytes.strip_prefix(UNSTABLE_PREFIX)) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return Err(wrong::of_bytes(bytes)),
    };
    after_prefix(Reader(rest), stable).map_err(|wrong| match wrong {
        WrongCode::Truncated(_) | WrongCode::Invalid(_) | WrongCode::Newer | WrongCode::Insecure(_)
            if wrong::was_text(bytes, wrong) =>
        {
            WrongCode::ReadAsText
        }
        WrongCode::Verification
        | WrongCode::BothNew
        | WrongCode::BothSignedIn
        | WrongCode::Newer
        | WrongCode::Link
        | WrongCode::Text
        | WrongCode::Unknown
        | WrongCode::ReadAsText
        | WrongCode::Truncated(_)
        | WrongCode::Invalid(_)
        | WrongCode::Insecure(_)
        | WrongCode::TooLong => wrong,
    })
}

fn after_prefix(mut reader: Reader<'_>, stable: bool) -> Result<(PublicKey, Form), WrongCode> {
    // The prefix of an unaccepted MSC has one kind.
    match reader.byte(QrField::Kind)? {
        KIND_2024 if stable => match reader.byte(QrField::Kind)? {
            0x00..=0x02 => Err(WrongCode::Verification),
            0x03 => of_2024(reader, Role::New),
            0x04 => of_2024(reader, Role::Existing),
            0x05.. => Err(WrongCode::Newer),
        },
        KIND_2025 => match reader.byte(QrField::Kind)? {
            0x00 => of_2025(reader, Role::New, stable),
            0x01 => of_2025(reader, Role::Existing, stable),
            0x02.. => Err(WrongCode::Newer),
        },
        0x00..=KIND_2024 => Err(WrongCode::Invalid(QrField::Kind)),
        0x04.. => Err(WrongCode::Newer),
    }
}

fn of_2024(mut reader: Reader<'_>, shown_by: Role) -> Result<(PublicKey, Form), WrongCode> {
    let key = reader.key()?;
    let cell = reader.text(QrField::Address, 2)?;
    let cell = CellUrl::parse(cell).map_err(|unfit| because(unfit, QrField::Address))?;
    let homeserver = match shown_by {
        Role::New => None,
        Role::Existing => {
            let named = Homeserver::parse(reader.text(QrField::Homeserver, 2)?);
            Some(named.map_err(|unfit| because(unfit, QrField::Homeserver))?)
        }
    };
    Ok((key, Form::V2024 { cell, homeserver }))
}

fn of_2025(mut reader: Reader<'_>, shown_by: Role, stable: bool) -> Result<(PublicKey, Form), WrongCode> {
    let key = reader.key()?;
    // matrix-rust-sdk up to 0.19 writes the length in two bytes, as the MSC did: there is no id without a length.
    let digits = if reader.0.first() == Some(&0) { 2 } else { 1 };
    let cell = CellId::new(reader.text(QrField::Id, digits)?).ok_or(WrongCode::Invalid(QrField::Id))?;
    let base_url = BaseUrl::parse(reader.text(QrField::Address, 2)?);
    let base_url = base_url.map_err(|unfit| because(unfit, QrField::Address))?;
    Ok((key, Form::V2025 { shown_by, base_url, cell, stable }))
}

const fn because(unfit: Unfit, field: QrField) -> WrongCode {
    match unfit {
        Unfit::Invalid => WrongCode::Invalid(field),
        Unfit::Insecure => WrongCode::Insecure(field),
    }
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize, field: QrField) -> Result<&'a [u8], WrongCode> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(WrongCode::Truncated(field))?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self, field: QrField) -> Result<u8, WrongCode> {
        self.take(1, field).map(|byte| byte[0])
    }

    fn key(&mut self) -> Result<PublicKey, WrongCode> {
        let bytes = self.take(32, QrField::Key)?.try_into().expect("32 bytes were taken");
        PublicKey::new(bytes).ok_or(WrongCode::Invalid(QrField::Key))
    }

    /// A text after its length in so many bytes, the larger first.
    fn text(&mut self, field: QrField, digits: usize) -> Result<&'a str, WrongCode> {
        let digits = self.take(digits, field)?;
        let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
        std::str::from_utf8(self.take(length, field)?).map_err(|_| WrongCode::Invalid(field))
    }
}
