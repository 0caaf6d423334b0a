//! `type=ssh`: the socket of an agent, for one step.
//!
//! In: the id of the agent. Out: the fields of the flag.

use super::{Fields, check_mode, check_source, check_target, number, octal};
use crate::masked_debug::masked_debug;
use crate::problem::Problems;
use crate::text::{IntoLayerPath, LayerText, Text};

/// The socket of an SSH agent, for one step. Every program of the step can sign with every key of the agent.
///
/// Unlike in BuildKit, the agent is required unless it is [`optional`](Self::optional).
///
/// ```dockerfile
/// RUN --mount=type=ssh,id=default,required=true git clone git@example.com:acme/app.git
/// ```
///
/// See [`type=ssh`](https://docs.docker.com/reference/dockerfile/#run---mounttypessh).
///
/// ```
/// # use dockerfile_dsl::{Dockerfile, Secret, Stage, instructions::Run, mounts::SshMount};
/// let run = Run::exec(["make"]).mount(SshMount::new());
/// let image = Dockerfile::from_stage(&Stage::from_image("gcc:15").run(run).build())?;
/// assert!(image.as_str().contains("RUN --mount=type=ssh,id=default,required=true "));
/// # Ok::<(), dockerfile_dsl::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SshMount {
    pub(crate) id: String,
    pub(crate) target: Option<Text>,
    pub(crate) optional: bool,
    pub(crate) mode: Option<u32>,
    pub(crate) uid: Option<u32>,
    pub(crate) gid: Option<u32>,
}

masked_debug!(SshMount {
    id,
    target,
    optional,
    mode,
    uid,
    gid
});

impl Default for SshMount {
    fn default() -> Self {
        Self::new()
    }
}

impl SshMount {
    /// The agent that `docker build --ssh default` offers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id: "default".to_owned(),
            target: None,
            optional: false,
            mode: None,
            uid: None,
            gid: None,
        }
    }

    /// `id=`: the agent or key that `docker build --ssh ID=..` offers.
    #[must_use]
    pub fn id(mut self, id: impl LayerText) -> Self {
        self.id = id.into_string();
        self
    }

    /// `target=`: path of the socket; `SSH_AUTH_SOCK` contains it.
    #[must_use]
    pub fn target(mut self, target: impl IntoLayerPath) -> Self {
        self.target = Some(target.into_path());
        self
    }

    /// `required=false`: the step also runs without an agent.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// `mode=`: the permissions of the socket, by default `0o600`.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = Some(mode);
        self
    }

    /// `uid=`: the owner of the socket.
    #[must_use]
    pub fn uid(mut self, uid: u32) -> Self {
        self.uid = Some(uid);
        self
    }

    /// `gid=`: the group of the socket.
    #[must_use]
    pub fn gid(mut self, gid: u32) -> Self {
        self.gid = Some(gid);
        self
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        if self.id.is_empty() || self.id.contains(['=', ',']) {
            problems.wrong(
                "the id of an SSH agent must not be empty or contain `=` or `,`: `--ssh` \
                 cannot express it",
            );
        }
        check_source("the id of an SSH agent", &Text::literal(&self.id), problems);
        if let Some(target) = &self.target {
            check_target(target, problems);
        }
        check_mode(self.mode, problems);
    }

    pub(super) fn fields(&self) -> Fields {
        let mut fields = vec![
            ("type", Text::literal("ssh")),
            ("id", Text::literal(&self.id)),
        ];
        fields.extend(self.target.clone().map(|target| ("target", target)));
        fields.push((
            "required",
            Text::literal(if self.optional { "false" } else { "true" }),
        ));
        fields.extend(self.mode.map(|mode| ("mode", octal(mode))));
        fields.extend(self.uid.map(|uid| ("uid", number(uid))));
        fields.extend(self.gid.map(|gid| ("gid", number(gid))));
        fields
    }
}
