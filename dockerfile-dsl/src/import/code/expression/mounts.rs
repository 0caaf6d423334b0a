//! The mounts of a RUN as expressions of Rust.

use super::super::layout::{Expr, literal};
use super::super::script::REASON;
use super::names::{Names, value};
use crate::instruction::Origin;
use crate::mount::{BindMount, CacheMount, Mount, SecretMount, Sharing, SshMount, TmpfsMount};

impl Names<'_> {
    pub(super) fn mount(&self, mount: &Mount) -> Expr {
        match mount {
            Mount::Bind(mount) => self.bind(mount),
            Mount::Cache(mount) => self.cache(mount),
            Mount::Secret(mount) => self.secret_mount(mount),
            Mount::Ssh(mount) => ssh(mount),
            Mount::Tmpfs(mount) => tmpfs(mount),
        }
    }

    fn bind(&self, mount: &BindMount) -> Expr {
        let mut made = Expr::call("BindMount::at", vec![value(&mount.target)]);
        made = self.mount_from(made, mount.from.as_ref());
        if let Some(source) = &mount.source {
            made = made.method("source", vec![value(source)]);
        }
        if mount.writable {
            made = made.method("writable", Vec::new());
        }
        made
    }

    fn cache(&self, mount: &CacheMount) -> Expr {
        let mut made = Expr::call("CacheMount::at", vec![value(&mount.target)]);
        if let Some(id) = &mount.id {
            made = made.method("id", vec![value(id)]);
        }
        if let Some(sharing) = mount.sharing {
            let word = match sharing {
                Sharing::Shared => "Sharing::Shared",
                Sharing::Private => "Sharing::Private",
                Sharing::Locked => "Sharing::Locked",
            };
            made = made.method("sharing", vec![Expr::atom(word)]);
        }
        made = self.mount_from(made, mount.from.as_ref());
        if let Some(source) = &mount.source {
            made = made.method("source", vec![value(source)]);
        }
        made = owner(made, mount.mode, mount.uid, mount.gid);
        if mount.read_only {
            made = made.method("read_only", Vec::new());
        }
        made
    }

    fn mount_from(&self, made: Expr, from: Option<&Origin>) -> Expr {
        match from {
            None => made,
            Some(Origin::Stage(stage)) => made.method("from_stage", vec![self.stage(stage)]),
            Some(Origin::Image(image)) => made.method("from_image", vec![literal(image)]),
        }
    }

    fn secret_mount(&self, mount: &SecretMount) -> Expr {
        let mut made = Expr::call("SecretMount::new", vec![self.secret(&mount.secret)]);
        if let Some(target) = &mount.target {
            made = made.method("target", vec![literal(target)]);
        }
        if let Some(variable) = &mount.env {
            made = made.method("env", vec![literal(variable), literal(REASON)]);
        }
        made
    }
}

/// Adds the permissions and the owner of a file.
pub(super) fn owner(mut made: Expr, mode: Option<u32>, uid: Option<u32>, gid: Option<u32>) -> Expr {
    if let Some(mode) = mode {
        made = made.method("mode", vec![Expr::atom(format!("0o{mode:03o}"))]);
    }
    for (name, number) in [("uid", uid), ("gid", gid)] {
        if let Some(number) = number {
            made = made.method(name, vec![Expr::atom(number.to_string())]);
        }
    }
    made
}

fn ssh(mount: &SshMount) -> Expr {
    let mut made = Expr::call("SshMount::new", Vec::new());
    if mount.id != "default" {
        made = made.method("id", vec![literal(&mount.id)]);
    }
    if let Some(target) = &mount.target {
        made = made.method("target", vec![value(target)]);
    }
    if mount.optional {
        made = made.method("optional", Vec::new());
    }
    owner(made, mount.mode, mount.uid, mount.gid)
}

fn tmpfs(mount: &TmpfsMount) -> Expr {
    let mut made = Expr::call("TmpfsMount::at", vec![value(&mount.target)]);
    if let Some(size) = mount.size {
        made = made.method("size", vec![Expr::atom(size.to_string())]);
    }
    if mount.read_only {
        made = made.method("read_only", Vec::new());
    }
    made
}
