//! One table of the tables of routes that lie beside their handlers.

/// How many routes there are in all tables.
pub const fn count<R>(tables: &[&[R]]) -> usize {
    let (mut all, mut table) = (0, 0);
    while table < tables.len() {
        all += tables[table].len();
        table += 1;
    }
    all
}

/// All routes, in the order of their tables; `N` is their [`count`].
pub const fn joined<R: Copy, const N: usize>(tables: &[&[R]]) -> [R; N] {
    let mut all = [tables[0][0]; N];
    let (mut n, mut table) = (0, 0);
    while table < tables.len() {
        let mut line = 0;
        while line < tables[table].len() {
            all[n] = tables[table][line];
            (n, line) = (n + 1, line + 1);
        }
        table += 1;
    }
    all
}
