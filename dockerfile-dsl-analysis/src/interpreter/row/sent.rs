//! What a program gets of secrets, and where it sends it, by the clause `sends` of its row.

use crate::domain::{Argument, Taint};
use crate::interpreter::Sent;
use crate::interpreter::call::Call;
use crate::programs::common::{is_gap, spellings};
use crate::programs::sends::{Sends, is_host};
use crate::programs::{Argument as Shape, Role};
use crate::uses::{Host, hosts_in};

impl Call<'_, '_> {
    /// Records the use, if the caller wants uses.
    pub(super) fn record_use(&mut self) {
        if !self.machine.config.wants_uses || self.runs_another() {
            return;
        }
        let sends = self.row.sends.as_ref();
        let credentials = self.consumed.join(&self.credentials()).join(&self.sent);
        let credentials = credentials.join(&self.read_unasked(sends));
        let given = self.given().join(&credentials).told();
        if given.is_none() {
            return;
        }
        let hosts = match sends {
            Some(sends) if sends.nothing => Vec::new(),
            Some(sends) => self.hosts(sends),
            None if credentials.is_none() => Vec::new(),
            None => vec![Host::Unknown],
        };
        self.record(given, hosts);
    }

    /// Whether the program runs another one with its operands (`env`, `xargs`) or a given option, which is recorded itself.
    fn runs_another(&self) -> bool {
        let operands = &self.row.operands;
        let given = self.parsed.options.iter();
        let options = given.filter_map(|given| match given.shape.argument {
            Shape::Value(role) => Some(role),
            _ => None,
        });
        let mut roles = (operands.first.iter().copied())
            .chain(operands.rest)
            .chain(operands.last.iter().copied())
            .chain(options);
        roles.any(|role| matches!(role, Role::Command | Role::Script | Role::ScriptFile))
    }

    /// Records that a program gets secrets.
    pub(in crate::interpreter) fn record(&mut self, taint: Taint, hosts: Vec<Host>) {
        if !self.machine.config.wants_uses {
            return;
        }
        let program = self.with_subcommand();
        let sent = Sent {
            program,
            taint,
            span: self.span,
            hosts,
        };
        self.machine.sent(sent);
    }

    /// Returns the taint of the variables and files that the program reads without being told by its arguments.
    fn read_unasked(&self, sends: Option<&Sends>) -> Taint {
        let reads_all = sends.is_some_and(|sends| sends.environment);
        let variables = self.state.process.variables.iter();
        let read = variables
            .filter(|(_, variable)| variable.exported)
            .map(|(name, variable)| (name, variable.taint().told()))
            .filter(|(name, taint)| taint.is_some() && (reads_all || self.is_credential(name)))
            .map(|(_, taint)| taint);
        let files = sends.map_or(&[][..], |sends| &sends.files);
        let files = files.iter().filter_map(|file| self.place(file));
        read.chain(files.map(|file| self.peek(&file).taint()))
            .collect()
    }

    /// Returns the hosts that the call names, else those of the row, else an unknown one.
    fn hosts(&self, sends: &Sends) -> Vec<Host> {
        let mut named: Vec<Argument> = Vec::new();
        for name in &sends.named {
            match name.strip_prefix('$') {
                Some(variable) => named.extend(
                    self.env(variable)
                        .map(|value| Argument::new(value, self.span)),
                ),
                None => named.extend(self.options(name)),
            }
        }
        let mut hosts: Vec<Host> = Vec::new();
        for value in named {
            for text in spellings(&value.value) {
                let first = text.split('/').next().unwrap_or_default();
                hosts.extend(hosts_in(&text, is_host(first), is_gap));
            }
        }
        if sends.operands {
            for operand in self.operands() {
                for text in spellings(&operand.value) {
                    hosts.extend(hosts_in(&text, is_bare(sends, &text), is_gap));
                }
            }
        }
        if hosts.is_empty() {
            hosts.extend(sends.hosts.iter().cloned().map(Host::Known));
        }
        if hosts.is_empty() {
            hosts.push(Host::Unknown);
        }
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

/// Whether an operand begins with a host: `example.com/x`, `user@host`, `localhost:8080`.
fn is_bare(sends: &Sends, text: &str) -> bool {
    let first = text.split(['/', ':']).next().unwrap_or_default();
    let host = first.rsplit('@').next().unwrap_or_default();
    sends.bare && (is_host(host) || host == "localhost" || first.contains('@'))
}
