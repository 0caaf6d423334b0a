//! gzip and the like: a file is replaced by its compressed form, or the other way round.

use crate::domain::{Argument, Cause, Value};
use crate::interpreter::Call;
use crate::programs::common::{made, path};

/// The behaviour of a compressor without options.
struct Compressor {
    /// Suffix of the output file.
    suffix: &'static str,
    is_unpacking: bool,
    /// Whether it keeps its input file, unless `--rm` is given.
    is_keeping: bool,
}

impl Compressor {
    const fn packing(suffix: &'static str) -> Self {
        Self {
            suffix,
            is_unpacking: false,
            is_keeping: false,
        }
    }

    const fn unpacking() -> Self {
        Self {
            suffix: "",
            is_unpacking: true,
            is_keeping: false,
        }
    }

    const fn keeping(self) -> Self {
        Self {
            is_keeping: true,
            ..self
        }
    }
}

/// Declares a model for each compressor.
macro_rules! compressors {
    ($($name:ident = $compressor:expr;)+) => {$(
        pub(in crate::programs) fn $name(call: &mut Call<'_, '_>) {
            convert(call, &$compressor);
        }
    )+};
}

compressors! {
    gzip = Compressor::packing(".gz");
    compress = Compressor::packing(".Z");
    bzip2 = Compressor::packing(".bz2");
    xz = Compressor::packing(".xz");
    lzma = Compressor::packing(".lzma");
    zstd = Compressor::packing(".zst").keeping();
    lz4 = Compressor::packing(".lz4").keeping();
    brotli = Compressor::packing(".br").keeping();
    decompress = Compressor::unpacking();
    decompress_and_keep = Compressor::unpacking().keeping();
}

fn convert(call: &mut Call<'_, '_>, compressor: &Compressor) {
    let operands = call.operands();
    if call.has("-t") || call.has("-l") {
        let report = call.fresh();
        return call.print(&report);
    }
    if operands.is_empty()
        || operands
            .iter()
            .all(|operand| operand.text().as_deref() == Some("-"))
    {
        let input = call.stdin();
        let output = made(call, &input.taint());
        return match call.option("-o") {
            Some(file) => call.write(&file, &output, &Cause::Compressed),
            None => call.print(&output),
        };
    }
    let named = call.option("-S").filter(|_| !call.has("-d"));
    let unpacks = call.has("-d") || compressor.is_unpacking;
    let suffix = compressor.suffix;
    for operand in operands {
        let data = call.read(&operand);
        let output = made(call, &data.taint());
        if call.has("-c") {
            call.print(&output);
            if !call.has("-o") {
                continue;
            }
        }
        let target = match (call.option("-o"), operand.text()) {
            (Some(file), _) => file,
            (None, Some(text)) if unpacks => {
                path(call, text.rsplit_once('.').map_or(&*text, |(stem, _)| stem))
            }
            (None, _) => {
                let suffix = match &named {
                    Some(named) => named.value.clone(),
                    None => Value::known(suffix),
                };
                Argument::new(operand.value.concat(&suffix), operand.span)
            }
        };
        // Without -f an existing file is not replaced, and the command does nothing.
        if call.exists(&target) && !call.has("-f") {
            continue;
        }
        call.write(&target, &output, &Cause::Compressed);
        let keeps = call.has("-k") || call.has("-o") || compressor.is_keeping && !call.has("--rm");
        if !keeps {
            call.remove(&operand, false);
        }
    }
}
