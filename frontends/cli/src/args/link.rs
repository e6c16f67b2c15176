//! What can be said of another device.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use narthex::Generation;

/// Of which generation a QR code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodeGeneration {
    /// MSC4108 of 2024
    #[value(name = "2024")]
    V2024,
    /// MSC4108 of 2025, over MSC4388
    #[value(name = "2025")]
    V2025,
}

impl From<CodeGeneration> for Generation {
    fn from(generation: CodeGeneration) -> Self {
        match generation {
            CodeGeneration::V2024 => Self::V2024,
            CodeGeneration::V2025 => Self::V2025,
        }
    }
}

#[derive(Debug, Default, Args)]
pub(crate) struct Link {
    /// Scan the QR code of the new device instead: a picture, or “-” for a picture or base64 on standard input
    #[arg(long, value_name = "SOURCE")]
    pub(crate) scan: Option<PathBuf>,
    /// Of which generation the QR code is [default: 2025 where the server has it]
    #[arg(long, value_enum, conflicts_with = "scan")]
    pub(crate) generation: Option<CodeGeneration>,
    /// Answer the warning with yes
    #[arg(long)]
    pub(crate) yes: bool,
}

/// What to do about the encryption of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum EncryptionCommand {
    /// Show whether this device is verified
    Status,
    /// Give the account an identity, a backup of message keys, and a recovery key, which is printed
    SetUp {
        /// Make a new recovery key where there is one already, which is of no use any more then
        #[arg(long)]
        new_recovery_key: bool,
    },
    /// Verify this device with the recovery key, read from the first line of standard input
    Recover,
    /// Verify this device with another one of yours: compare the emoji that both show
    Verify {
        /// Wait until the other device asks, and do not ask it
        #[arg(long)]
        answer: bool,
    },
}
