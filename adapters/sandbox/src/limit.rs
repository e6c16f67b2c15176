//! How often may something be done? Leaky buckets over virtual time, one for each kind and key.

use std::collections::BTreeMap;

use narthex::Time;

use crate::answer::Refusal;
use crate::settings::{Limit, Limits};

/// In milliseconds: what Synapse says for `/register/available`, whatever is left of it.
const AVAILABILITY_WINDOW: u64 = 2000;

/// The most buckets kept; keys come from outside.
const MOST_BUCKETS: usize = 10_000;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Limited {
    Registration,
    TokenValidity,
    Availability,
    ThreepidRequest,
    LoginAddress,
    LoginAccount,
    LoginFailure,
    Rendezvous,
}

/// How much was done lately.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buckets(BTreeMap<(Limited, String), Bucket>);

/// Actions since the bucket was last empty. One leaks every `Limit::every`.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    actions: u64,
    since: Time,
}

impl Buckets {
    /// Refuses when one action more is too many; does not count it.
    pub(crate) fn check(
        &mut self,
        limits: &Limits,
        now: Time,
        what: Limited,
        key: &str,
    ) -> Result<(), Refusal> {
        match limit(limits, what) {
            None => Ok(()),
            Some(limit) => self.room(limit, now, what, key).map(|_| ()),
        }
    }

    /// Counts one action, or refuses it.
    pub(crate) fn take(
        &mut self,
        limits: &Limits,
        now: Time,
        what: Limited,
        key: &str,
    ) -> Result<(), Refusal> {
        if let Some(limit) = limit(limits, what) {
            let bucket = self.room(limit, now, what, key)?;
            bucket.actions += 1;
        }
        Ok(())
    }

    fn room(&mut self, limit: Limit, now: Time, what: Limited, key: &str) -> Result<&mut Bucket, Refusal> {
        let every = u64::try_from(limit.every.as_millis()).unwrap_or(u64::MAX);
        let burst = u64::from(limit.burst);
        let empty = Bucket { actions: 0, since: now };
        if self.0.len() >= MOST_BUCKETS {
            self.0.pop_first();
        }
        let bucket = self.0.entry((what, key.to_owned())).or_insert(empty);
        if bucket.since.0.saturating_add(bucket.actions.saturating_mul(every)) < now.0 {
            *bucket = empty;
        }
        // The first moment at which one action more fits.
        let excess = (bucket.actions + 1).saturating_sub(burst);
        let from = bucket.since.0.saturating_add(excess.saturating_mul(every));
        if from > now.0 {
            return Err(Refusal::limited(match what {
                Limited::Availability => AVAILABILITY_WINDOW,
                Limited::Registration
                | Limited::TokenValidity
                | Limited::ThreepidRequest
                | Limited::LoginAddress
                | Limited::LoginAccount
                | Limited::LoginFailure
                | Limited::Rendezvous => from - now.0,
            }));
        }
        Ok(bucket)
    }
}

const fn limit(limits: &Limits, what: Limited) -> Option<Limit> {
    match what {
        Limited::Registration => limits.registration,
        Limited::TokenValidity => limits.token_validity,
        Limited::Availability => limits.availability,
        Limited::ThreepidRequest => limits.threepid_request,
        Limited::LoginAddress => limits.login_address,
        Limited::LoginAccount => limits.login_account,
        Limited::LoginFailure => limits.login_failure,
        Limited::Rendezvous => limits.rendezvous,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn limits() -> Limits {
        Limits {
            registration: Some(Limit { burst: 2, every: Duration::from_secs(10) }),
            ..Limits::unlimited()
        }
    }

    fn taken(buckets: &mut Buckets, now: u64) -> bool {
        buckets.take(&limits(), Time(now), Limited::Registration, "").is_ok()
    }

    #[test]
    fn a_burst_is_free_and_then_one_action_fits_each_period() {
        let mut buckets = Buckets::default();
        let allowed: Vec<u64> = (0..41).map(|s| s * 1000).filter(|&now| taken(&mut buckets, now)).collect();
        assert_eq!(allowed, [0, 1000, 10_000, 20_000, 30_000, 40_000]);
    }

    #[test]
    fn checking_counts_nothing_and_a_refused_action_neither() {
        let mut buckets = Buckets::default();
        for _ in 0..9 {
            assert!(buckets.check(&limits(), Time(0), Limited::Registration, "").is_ok());
        }
        assert!(taken(&mut buckets, 0) && taken(&mut buckets, 0));
        for _ in 0..9 {
            assert!(!taken(&mut buckets, 9_999));
        }
        assert!(taken(&mut buckets, 10_000));
    }

    #[test]
    fn keys_do_not_share_a_bucket() {
        let mut buckets = Buckets::default();
        assert!(taken(&mut buckets, 0) && taken(&mut buckets, 0) && !taken(&mut buckets, 0));
        assert!(buckets.take(&limits(), Time(0), Limited::Registration, "another").is_ok());
    }
}
