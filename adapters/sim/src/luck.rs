//! How bad can luck be?

/// What may go wrong, each as one chance in so many; zero is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Luck {
    /// A request, or its answer, is lost.
    pub lose: u32,
    /// A proxy answers with an error page of its own, before or after the server has done its work.
    pub proxy: u32,
    /// A proxy asks for patience.
    pub limit: u32,
    /// An answer takes up to a minute, or a person takes hours.
    pub slow: u32,
    /// An answer is delivered twice.
    pub twice: u32,
    /// The process is killed, before it hears of something or between two effects.
    pub kill: u32,
    /// The machine sleeps for minutes or hours.
    pub sleep: u32,
    /// The clock is another one after a restart, by up to a day; or is set while the process runs.
    pub clock: u32,
    /// Storage refuses, or does not answer.
    pub disk: u32,
    /// A stranger's callback comes.
    pub stranger: u32,
    /// Nothing can be read from the disk when the process begins.
    pub unread: u32,
    /// With a kill the last write is lost: the file of before is there again.
    pub rollback: u32,
    /// A proxy sends a request once more, some time after it.
    pub echo: u32,
    /// A server says nonsense about how long tokens live: nothing, less than nothing, or a text.
    pub odd_life: u32,
    /// The server is restored from a backup, some time after somebody has signed in; in so many lives once.
    pub restore: u32,
    /// How many callbacks come at once that nobody waits for.
    pub flood: u32,
    /// How many slips, cancels and changes of mind the person has.
    pub slips: u32,
}

impl Luck {
    /// Nothing goes wrong, and the person does everything right.
    pub const GOOD: Self = Self {
        lose: 0,
        proxy: 0,
        limit: 0,
        slow: 0,
        twice: 0,
        kill: 0,
        sleep: 0,
        clock: 0,
        disk: 0,
        stranger: 0,
        unread: 0,
        rollback: 0,
        echo: 0,
        odd_life: 0,
        restore: 0,
        flood: 0,
        slips: 0,
    };

    /// A train with a tunnel now and then.
    pub const POOR: Self = Self {
        lose: 20,
        proxy: 40,
        limit: 60,
        slow: 30,
        twice: 20,
        kill: 80,
        sleep: 200,
        clock: 4,
        disk: 20,
        stranger: 40,
        unread: 20,
        rollback: 40,
        echo: 60,
        odd_life: 20,
        restore: 10,
        flood: 2,
        slips: 3,
    };

    /// Everything at once.
    pub const AWFUL: Self = Self {
        lose: 5,
        proxy: 8,
        limit: 12,
        slow: 8,
        twice: 5,
        kill: 12,
        sleep: 40,
        clock: 2,
        disk: 4,
        stranger: 10,
        unread: 8,
        rollback: 20,
        echo: 10,
        odd_life: 5,
        restore: 6,
        flood: 20,
        slips: 8,
    };
}
