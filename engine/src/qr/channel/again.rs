//! How is a channel built again, and so copied, compared and saved?

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::saved::{Opened, Origin, Record};
use super::{ChannelError, Ends, Established, MAX_MESSAGES, Scanning, Showing};

/// From what it was made of and what it opened.
impl TryFrom<Record> for Established {
    type Error = ChannelError;

    fn try_from(record: Record) -> Result<Self, Self::Error> {
        let (ends, channel) = built(record)?;
        Ok(Self { ends: Some(ends), ..channel })
    }
}

impl Established {
    /// What seals and opens: built now, if this is a copy.
    pub(super) fn ends(&mut self) -> &mut Ends {
        let record = &self.record;
        self.ends.get_or_insert_with(|| built(record.clone()).expect("it was built of the same").0)
    }
}

/// The channel, and apart from it what seals and opens.
fn built(record: Record) -> Result<(Ends, Established), ChannelError> {
    let Record { origin, opened, sealed, last } = record;
    let mut channel = match origin {
        Origin::Shown { shown, greeting, version } => {
            Showing(shown).answer(&greeting.frame, &greeting.version, &version)?
        }
        Origin::Scanned { scanned, answer } => {
            Scanning::try_from(scanned)?.establish(&answer.frame, &answer.version)?
        }
    };
    if sealed > MAX_MESSAGES {
        return Err(ChannelError::TooMany);
    }
    for Opened { frame, version } in opened {
        let _ = channel.open(&frame, &version)?;
    }
    let mut ends = channel.ends.take().ok_or(ChannelError::Unopened)?;
    ends.skip(sealed);
    channel.record.sealed = sealed;
    channel.record.last = last;
    Ok((ends, channel))
}

impl Clone for Scanning {
    fn clone(&self) -> Self {
        Self { scanned: self.scanned.clone(), greeting: self.greeting.clone(), begun: None }
    }
}

impl PartialEq for Scanning {
    fn eq(&self, other: &Self) -> bool {
        self.scanned == other.scanned
    }
}

impl Eq for Scanning {}

impl Hash for Scanning {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.scanned.hash(hasher);
    }
}

impl Clone for Established {
    fn clone(&self) -> Self {
        let Self { record, check_code, dialect, .. } = self;
        Self { record: record.clone(), ends: None, check_code: *check_code, dialect: *dialect }
    }
}

impl PartialEq for Established {
    fn eq(&self, other: &Self) -> bool {
        self.record == other.record
    }
}

impl Eq for Established {}

impl Hash for Established {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.record.hash(hasher);
    }
}

impl Serialize for Established {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.record.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Established {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let record = Record::deserialize(from)?;
        Self::try_from(record).map_err(|error| serde::de::Error::custom(format!("{error:?}")))
    }
}
